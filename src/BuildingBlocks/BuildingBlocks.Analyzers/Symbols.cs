using Microsoft.CodeAnalysis;

namespace BuildingBlocks.Analyzers;

/// <summary>What several rules ask of symbols.</summary>
internal static class Symbols
{
    private const string Event = "BuildingBlocks.Contracts.IIntegrationEvent";

    /// <summary>
    /// Whether the type is, or implements, the interface or base type of this full name (without type parameters).
    /// </summary>
    public static bool Is(this ITypeSymbol type, string fullName) => type.Ancestry().Any(one => one.IsNamed(fullName));

    /// <summary>The interface or base type of this full name, as the type has it.</summary>
    public static INamedTypeSymbol? As(this ITypeSymbol type, string fullName) =>
        type.Ancestry().OfType<INamedTypeSymbol>().FirstOrDefault(one => one.IsNamed(fullName));

    public static bool IsEvent(this ITypeSymbol type) => type.Is(Event);

    public static bool IsNamed(this ITypeSymbol type, string fullName)
    {
        // Compared from the end, because that fails soonest and makes no string.
        var end = fullName.Length;
        ISymbol? part = type;
        while (part is not null and not INamespaceSymbol { IsGlobalNamespace: true })
        {
            var start = end - part.Name.Length;
            if (
                start < 0
                || string.CompareOrdinal(fullName, start, part.Name, 0, part.Name.Length) != 0
                || part.Name.Length == 0
            )
            {
                return false;
            }

            if (start == 0)
            {
                return part.ContainingSymbol is INamespaceSymbol { IsGlobalNamespace: true };
            }

            if (fullName[start - 1] != '.')
            {
                return false;
            }

            end = start - 1;
            part = part.ContainingSymbol;
        }

        return false;
    }

    /// <summary>The types whose code stands around a symbol, from the innermost outwards.</summary>
    public static IEnumerable<INamedTypeSymbol> Around(ISymbol? symbol)
    {
        for (
            var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
            type is not null;
            type = type.ContainingType
        )
        {
            yield return type;
        }
    }

    /// <summary>What a message calls the place: the outermost type that code stands in.</summary>
    public static string Who(ISymbol? symbol) =>
        Around(symbol).LastOrDefault()?.ToDisplayString()
        ?? symbol?.ContainingAssembly?.Name
        ?? symbol?.Name
        ?? "The assembly";

    public static IEnumerable<INamedTypeSymbol> TypesOf(INamespaceSymbol scope) =>
        scope.GetTypeMembers().Concat(scope.GetNamespaceMembers().SelectMany(TypesOf));

    public static AttributeData? WireAttribute(INamedTypeSymbol type) =>
        type.GetAttributes()
            .FirstOrDefault(one =>
                one.AttributeClass?.IsNamed("BuildingBlocks.Contracts.IntegrationEventAttribute") == true
            );

    /// <summary>The name an event has on the wire.</summary>
    public static string? WireName(INamedTypeSymbol type) =>
        WireAttribute(type) is { ConstructorArguments: { Length: > 0 } arguments }
            ? arguments[0].Value as string
            : null;

    public static IEnumerable<ITypeSymbol> Ancestors(this INamedTypeSymbol type) =>
        type.OriginalDefinition.Ancestry().Select(one => one.OriginalDefinition);

    private static IEnumerable<ITypeSymbol> Ancestry(this ITypeSymbol type)
    {
        for (var one = type; one is not null; one = one.BaseType)
        {
            yield return one;
        }

        foreach (var one in type.AllInterfaces)
        {
            yield return one;
        }

        if (type is ITypeParameterSymbol parameter)
        {
            foreach (var one in parameter.ConstraintTypes)
            {
                yield return one;
                foreach (var inherited in one.AllInterfaces)
                {
                    yield return inherited;
                }
            }
        }
    }
}
