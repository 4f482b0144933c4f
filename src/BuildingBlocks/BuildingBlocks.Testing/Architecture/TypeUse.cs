using Mono.Cecil;
using Mono.Cecil.Cil;

namespace BuildingBlocks.Testing.Architecture;

/// <summary>A type that compiled code uses, and where.</summary>
/// <param name="Place">The member, or the type where it stands in the type's own declaration.</param>
/// <param name="Type">What is used; never generic, an array or a reference to one.</param>
public sealed record TypeUse(string Place, TypeReference Type)
{
    /// <summary>The assembly that the used type stands in.</summary>
    public string Assembly =>
        Type.Scope switch
        {
            AssemblyNameReference reference => reference.Name,
            ModuleDefinition module => module.Assembly.Name.Name,
            var scope => scope.Name,
        };

    /// <summary>
    /// Everything a type's code uses: base types, interfaces, signatures, attributes with their arguments, generic
    /// arguments and constraints, and what method bodies create, call, cast to, catch and take the type of; also in
    /// what the compiler made of it.
    /// </summary>
    public static IEnumerable<TypeUse> Of(TypeDefinition type) =>
        OwnOf(type).Concat(type.NestedTypes.Where(IsGenerated).SelectMany(Of));

    /// <summary>Everything that the code of a type and of all types within it uses.</summary>
    public static IEnumerable<TypeUse> Within(TypeDefinition type) =>
        OwnOf(type).Concat(type.NestedTypes.SelectMany(Within));

    /// <summary>What an assembly says of itself: its attributes with their arguments.</summary>
    public static IEnumerable<TypeUse> OfAttributes(AssemblyDefinition assembly) =>
        Attributes(assembly.Name.Name, assembly);

    private static IEnumerable<TypeUse> OwnOf(TypeDefinition type)
    {
        var place = NameOf(type);
        TypeReference?[] declared =
        [
            type.BaseType,
            .. type.Interfaces.Select(implemented => implemented.InterfaceType),
            .. type.Fields.Select(field => field.FieldType),
        ];
        var uses = declared
            .Concat(Constraints(type))
            .SelectMany(used => Uses(place, used))
            .Concat(Attributes(place, type));
        return uses.Concat(type.Fields.SelectMany(field => Attributes($"{place}.{field.Name}", field)))
            .Concat(type.Properties.SelectMany(property => Attributes($"{place}.{property.Name}", property)))
            .Concat(type.Methods.SelectMany(method => Of(method, PlaceOf(type, method))));
    }

    private static IEnumerable<TypeUse> Of(MethodDefinition method, string place)
    {
        var signature = method
            .Parameters.Select(parameter => parameter.ParameterType)
            .Append(method.ReturnType)
            .Concat(Constraints(method))
            .SelectMany(used => Uses(place, used))
            .Concat(Attributes(place, method))
            .Concat(method.Parameters.SelectMany(parameter => Attributes(place, parameter)));
        return method.HasBody ? signature.Concat(Body(method.Body).SelectMany(used => Uses(place, used))) : signature;
    }

    private static IEnumerable<TypeReference?> Body(MethodBody body)
    {
        foreach (var variable in body.Variables)
        {
            yield return variable.VariableType;
        }

        foreach (var handler in body.ExceptionHandlers)
        {
            yield return handler.CatchType;
        }

        foreach (var used in body.Instructions.SelectMany(instruction => Operand(instruction.Operand)))
        {
            yield return used;
        }
    }

    private static IEnumerable<TypeReference?> Operand(object? operand) =>
        operand switch
        {
            TypeReference type => [type],
            FieldReference field => [field.DeclaringType, field.FieldType],
            GenericInstanceMethod method =>
            [
                method.DeclaringType,
                method.ReturnType,
                .. method.GenericArguments,
                .. method.Parameters.Select(parameter => parameter.ParameterType),
            ],
            MethodReference method =>
            [
                method.DeclaringType,
                method.ReturnType,
                .. method.Parameters.Select(parameter => parameter.ParameterType),
            ],
            _ => [],
        };

    private static IEnumerable<TypeReference?> Constraints(IGenericParameterProvider provider) =>
        provider
            .GenericParameters.SelectMany(parameter => parameter.Constraints)
            .Select(constraint => constraint.ConstraintType);

    private static IEnumerable<TypeUse> Attributes(string place, ICustomAttributeProvider provider) =>
        provider.CustomAttributes.SelectMany(attribute =>
            attribute
                .ConstructorArguments.Concat(attribute.Properties.Select(property => property.Argument))
                .Concat(attribute.Fields.Select(field => field.Argument))
                .SelectMany(Values)
                .Append(attribute.AttributeType)
                .SelectMany(used => Uses(place, used))
        );

    private static IEnumerable<TypeReference?> Values(CustomAttributeArgument argument) =>
        argument.Value switch
        {
            TypeReference type => [argument.Type, type],
            CustomAttributeArgument[] several => several.SelectMany(Values),
            CustomAttributeArgument boxed => Values(boxed),
            _ => [argument.Type],
        };

    /// <summary>Takes a type apart into the plain types it is made of.</summary>
    private static IEnumerable<TypeUse> Uses(string place, TypeReference? type) =>
        type switch
        {
            null or GenericParameter => [],
            GenericInstanceType generic => generic
                .GenericArguments.Prepend(generic.ElementType)
                .SelectMany(part => Uses(place, part)),
            FunctionPointerType pointer => pointer
                .Parameters.Select(parameter => parameter.ParameterType)
                .Append(pointer.ReturnType)
                .SelectMany(part => Uses(place, part)),
            IModifierType modified => new[] { modified.ElementType, modified.ModifierType }.SelectMany(part =>
                Uses(place, part)
            ),
            TypeSpecification wrapped => Uses(place, wrapped.ElementType),
            _ => [new(place, type)],
        };

    // What the compiler made of lambdas, iterators and async methods stands in nested types with names nobody wrote:
    // say the type and member that somebody did.
    private static string PlaceOf(TypeDefinition type, MethodDefinition method)
    {
        var name = Written(method.Name) ?? Written(type.Name) ?? method.Name;
        return name is ".ctor" or ".cctor" ? NameOf(type) : $"{NameOf(type)}.{name}";
    }

    private static string NameOf(TypeDefinition type)
    {
        while (type.DeclaringType is not null && type.Name.Contains('<', StringComparison.Ordinal))
        {
            type = type.DeclaringType;
        }

        return string.Join('.', type.FullName.Split('/').Select(name => name.Split('`')[0]));
    }

    private static bool IsGenerated(TypeDefinition type) => type.Name.StartsWith('<');

    private static string? Written(string name)
    {
        var end = name.IndexOf('>', StringComparison.Ordinal);
        return name.StartsWith('<') && end > 1 ? name[1..end] : null;
    }
}
