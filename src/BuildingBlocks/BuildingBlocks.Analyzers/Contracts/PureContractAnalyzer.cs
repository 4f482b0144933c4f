using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BuildingBlocks.Analyzers.Contracts;

/// <summary>
/// MM0005: something in a Contracts project that could change after it was published, or that another module or
/// serializer could not read.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PureContractAnalyzer : DiagnosticAnalyzer
{
    private static readonly HashSet<string> Plain = new(StringComparer.Ordinal)
    {
        "System.Guid",
        "System.DateTimeOffset",
        "System.DateTime",
        "System.DateOnly",
        "System.TimeOnly",
        "System.TimeSpan",
        "System.Uri",
        "System.Half",
        "System.Int128",
        "System.UInt128",
        "System.Version",
    };

    private static readonly HashSet<string> ReadOnlyCollections = new(StringComparer.Ordinal)
    {
        "System.Collections.Generic.IReadOnlyList",
        "System.Collections.Generic.IReadOnlyCollection",
        "System.Collections.Generic.IReadOnlyDictionary",
        "System.Collections.Generic.IReadOnlySet",
        "System.Collections.Immutable.ImmutableArray",
        "System.Collections.Immutable.ImmutableList",
        "System.Collections.Immutable.ImmutableDictionary",
        "System.Collections.Immutable.ImmutableHashSet",
        "System.Collections.Immutable.ImmutableSortedDictionary",
        "System.Collections.Immutable.ImmutableSortedSet",
        "System.ReadOnlyMemory",
    };

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rule.ImpureContract];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.AssemblyName?.EndsWith(".Contracts", StringComparison.Ordinal) == true)
            {
                start.RegisterSymbolAction(Check, SymbolKind.NamedType);
            }
        });
    }

    private static void Check(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.IsImplicitlyDeclared || type.TypeKind == TypeKind.Enum || type.Is("System.Attribute"))
        {
            return;
        }

        if (
            type.TypeKind == TypeKind.Delegate
            || type.GetMembers()
                .Any(member =>
                    member
                        is IMethodSymbol
                        {
                            MethodKind: MethodKind.Ordinary,
                            IsStatic: false,
                            IsImplicitlyDeclared: false
                        } method
                    && (type.TypeKind == TypeKind.Interface || method.IsAbstract)
                )
        )
        {
            Report(
                context,
                type,
                $"{type.Name} is behaviour that other modules could call",
                "Contracts hold data only: publish an event, or answer the Host by an IModuleQuery."
            );
            return;
        }

        foreach (
            var member in type.GetMembers().Where(member => !member.IsImplicitlyDeclared || member is IPropertySymbol)
        )
        {
            switch (member)
            {
                case IPropertySymbol property when !IsOfRecordItself(property):
                    CheckProperty(context, type, property);
                    break;
                case IFieldSymbol { AssociatedSymbol: null, IsConst: false } field:
                    CheckField(context, type, field);
                    break;
                case IEventSymbol:
                    Report(
                        context,
                        member,
                        $"{type.Name}.{member.Name} is an event of C#, which lives in one process",
                        "Publish an integration event instead."
                    );
                    break;
            }
        }
    }

    private static bool IsOfRecordItself(IPropertySymbol property) =>
        property.Name is "EqualityContract" || property.IsIndexer;

    private static void CheckProperty(SymbolAnalysisContext context, INamedTypeSymbol type, IPropertySymbol property)
    {
        if (property.SetMethod is { IsInitOnly: false })
        {
            Report(
                context,
                property,
                $"{type.Name}.{property.Name} can be set after the fact",
                "Make it init, or a parameter of the record."
            );
        }

        // What a contract computes for whoever holds it, and what is known of the type and not of one event, is not on
        // the wire. But what all share must not be changed by one of them.
        if (
            property.DeclaredAccessibility == Accessibility.Public
            && !IsIgnored(property)
            && (!property.IsStatic || IsCollection(property.Type))
        )
        {
            CheckType(context, type, property, property.Type);
        }
    }

    private static bool IsCollection(ITypeSymbol type) =>
        type is IArrayTypeSymbol || type.Is("System.Collections.Generic.ICollection");

    private static bool IsIgnored(IPropertySymbol property) =>
        property.GetAttributes().Any(one => one.AttributeClass?.Name is "JsonIgnoreAttribute");

    private static void CheckField(SymbolAnalysisContext context, INamedTypeSymbol type, IFieldSymbol field)
    {
        if (!field.IsReadOnly)
        {
            Report(
                context,
                field,
                $"{type.Name}.{field.Name} can be changed after the fact",
                "Make it readonly, or a parameter of the record."
            );
        }
        else if (field.DeclaredAccessibility == Accessibility.Public && (!field.IsStatic || IsCollection(field.Type)))
        {
            CheckType(context, type, field, field.Type);
        }
    }

    private static void CheckType(
        SymbolAnalysisContext context,
        INamedTypeSymbol owner,
        ISymbol member,
        ITypeSymbol type
    )
    {
        if (Fault(type, owner.ContainingAssembly) is { } fault)
        {
            Report(
                context,
                member,
                $"{owner.Name}.{member.Name} has the type "
                    + $"{type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}, {fault.What}",
                fault.Instead
            );
        }
    }

    /// <summary>Why a type has no place in a contract; null when it has.</summary>
    private static (string What, string Instead)? Fault(ITypeSymbol type, IAssemblySymbol own)
    {
        const string PlainTypes =
            "Use plain types of the framework (string, numbers, Guid, DateTimeOffset) or a record of these Contracts.";
        if (
            type.SpecialType
                is SpecialType.System_Boolean
                    or SpecialType.System_Char
                    or SpecialType.System_String
                    or (>= SpecialType.System_SByte and <= SpecialType.System_Double)
            || Plain.Any(type.IsNamed)
        )
        {
            return null;
        }

        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            return Fault(nullable.TypeArguments[0], own);
        }

        if (type is INamedTypeSymbol { IsGenericType: true } collection && ReadOnlyCollections.Any(collection.IsNamed))
        {
            return collection
                .TypeArguments.Select(argument => Fault(argument, own))
                .FirstOrDefault(fault => fault is not null);
        }

        return type switch
        {
            IArrayTypeSymbol => ("whose elements can be changed after the fact", "Use IReadOnlyList."),
            { SpecialType: SpecialType.System_Object } or { TypeKind: TypeKind.Dynamic } => (
                "which no serializer can read back",
                PlainTypes
            ),
            { TypeKind: TypeKind.Delegate or TypeKind.Pointer or TypeKind.FunctionPointer } => (
                "which no serializer can write",
                PlainTypes
            ),
            _ when type.AllInterfaces.Any(one => one.SpecialType == SpecialType.System_Collections_IEnumerable)
                    && type.ContainingAssembly?.Name is not null
                    && !IsOwn(type, own) => (
                "which can be changed after the fact, or be read only once",
                "Use IReadOnlyList or IReadOnlyDictionary."
            ),
            { TypeKind: TypeKind.Interface } when !IsOwn(type, own) => (
                "of which a reader cannot know the implementation",
                "Use IReadOnlyList, IReadOnlyDictionary or a sealed record."
            ),
            { TypeKind: TypeKind.Interface } => (
                "of which a reader cannot know the implementation",
                "Use a sealed record."
            ),
            { TypeKind: TypeKind.TypeParameter } => ("which has no shape of its own", PlainTypes),
            _ when IsOwn(type, own)
                    || (
                        type.TypeKind == TypeKind.Enum
                        && type.ContainingNamespace.ToDisplayString().StartsWith("System", StringComparison.Ordinal)
                    ) => null,
            { TypeKind: TypeKind.Error } => null,
            _ => ("a type from outside, which can change without this contract knowing", PlainTypes),
        };
    }

    private static bool IsOwn(ITypeSymbol type, IAssemblySymbol own) =>
        SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, own)
        || type.ContainingAssembly?.Name is "BuildingBlocks.Contracts";

    private static void Report(SymbolAnalysisContext context, ISymbol place, string what, string instead) =>
        context.ReportDiagnostic(
            Diagnostic.Create(
                Rule.ImpureContract,
                place.Locations.FirstOrDefault(one => one.IsInSource) ?? Location.None,
                $"{what}; what was published is history, and others read it. {instead}"
            )
        );
}
