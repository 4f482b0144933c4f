using Mono.Cecil;

namespace BuildingBlocks.Testing.Architecture;

/// <summary>
/// The code of one module that some methods lead to, by whatever way: calls, lambdas, async methods and iterators,
/// overrides, and the handlers and validators of the requests it has to do with. Rather too much than too little.
/// </summary>
internal sealed class CodeReach(AssemblyDefinition assembly)
{
    private static readonly string[] Handlers =
    [
        "BuildingBlocks.Application.ICommandHandler`1",
        "BuildingBlocks.Application.ICommandHandler`2",
        "BuildingBlocks.Application.IQueryHandler`2",
    ];

    private readonly HashSet<MethodDefinition> reached = [];
    private readonly Queue<MethodDefinition> waiting = [];
    private readonly TypeDefinition[] types = [.. assembly.MainModule.GetTypes()];

    /// <summary>The full names of types that are made on the way.</summary>
    public HashSet<string> Made { get; } = new(StringComparer.Ordinal);

    public void Follow(IEnumerable<MethodDefinition> methods)
    {
        foreach (var method in methods)
        {
            Reach(method);
        }

        while (waiting.TryDequeue(out var method))
        {
            foreach (var used in method.Parameters.Select(parameter => parameter.ParameterType))
            {
                Send(used);
            }

            foreach (var called in BodiesOf(method).SelectMany(Calls))
            {
                Reach(called);
            }
        }
    }

    /// <summary>The refusals that are named on the way.</summary>
    public IEnumerable<string> Refusals() => reached.Where(RefusalRules.IsRefusal).Select(RefusalRules.Name);

    /// <summary>Where refusals are made on the way that have no name.</summary>
    public IEnumerable<string> UnnamedRefusals() =>
        reached
            .Where(method =>
                !RefusalRules.IsRefusal(method) && BodiesOf(method).SelectMany(Calls).Any(RefusalRules.MakesRefusal)
            )
            .Select(method => $"{method.DeclaringType.FullName}.{method.Name}");

    /// <summary>A method's own code, and that of the state machine it became.</summary>
    public static IEnumerable<MethodDefinition> BodiesOf(MethodDefinition method) =>
        method
            .CustomAttributes.Where(attribute =>
                attribute.AttributeType.Name.EndsWith("StateMachineAttribute", StringComparison.Ordinal)
            )
            .SelectMany(attribute => ((TypeReference)attribute.ConstructorArguments[0].Value).Resolve().Methods)
            .Prepend(method);

    public static IEnumerable<MethodReference> Calls(MethodDefinition method) =>
        method.HasBody
            ? method.Body.Instructions.Select(instruction => instruction.Operand).OfType<MethodReference>()
            : [];

    private void Reach(MethodReference called)
    {
        if (called.Resolve() is not { } method || method.Module.Assembly != assembly || !reached.Add(method))
        {
            return;
        }

        waiting.Enqueue(method);
        if (method.IsConstructor)
        {
            Made.Add(method.DeclaringType.FullName);
            Send(method.DeclaringType);
        }

        if (method.IsVirtual)
        {
            foreach (
                var other in types
                    .Where(type =>
                        type != method.DeclaringType
                            && type.Interfaces.Any(one => one.InterfaceType.Resolve() == method.DeclaringType)
                        || type.BaseType?.Resolve() == method.DeclaringType
                    )
                    .SelectMany(type => type.Methods)
            )
            {
                if (other.IsVirtual && string.Equals(other.Name, method.Name, StringComparison.Ordinal))
                {
                    Reach(other);
                }
            }
        }
    }

    /// <summary>What happens to a request that is sent.</summary>
    private void Send(TypeReference request)
    {
        foreach (var type in types.Where(type => Handles(type, request) || Validates(type, request)))
        {
            foreach (var method in type.Methods)
            {
                Reach(method);
            }
        }
    }

    private static bool Handles(TypeDefinition type, TypeReference request) =>
        type.Interfaces.Any(one =>
            one.InterfaceType is GenericInstanceType handler
            && Handlers.Contains(handler.ElementType.FullName, StringComparer.Ordinal)
            && RefusalRules.Is(handler.GenericArguments[0], request.FullName)
        );

    private static bool Validates(TypeDefinition type, TypeReference request) =>
        type.BaseType is GenericInstanceType { ElementType.Name: "AbstractValidator`1" } validator
        && RefusalRules.Is(validator.GenericArguments[0], request.FullName);
}
