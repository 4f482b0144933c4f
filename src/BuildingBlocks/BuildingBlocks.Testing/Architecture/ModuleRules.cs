using Mono.Cecil;

namespace BuildingBlocks.Testing.Architecture;

/// <summary>Rules over compiled modules. Each answers what it found; none means that the rule holds.</summary>
public static class ModuleRules
{
    /// <summary>No module uses a type of another one's implementation: only its Contracts.</summary>
    public static IEnumerable<Violation> NoUseAcrossModules(CompiledModules modules) =>
        from module in modules.All
        from assembly in new[] { module.Implementation, module.Contracts }.OfType<AssemblyDefinition>()
        from use in TypeUse.In(assembly)
        let owner = modules.OwnerOf(use.Assembly)
        where owner is not null && owner != module
        select new Violation(
            "across-modules",
            module.Name,
            use.Place,
            use.Type.FullName,
            $"it belongs to module {owner.Name}, and only {owner.Name}.Contracts is for others. Keep a copy fed by "
                + "its events (docs/guides/copies.md), "
                + "or let the Host compose the answer (docs/guides/composition.md)."
        );

    /// <summary>Contracts use nothing but the platform, what all Contracts are made of, and other Contracts.</summary>
    /// <param name="modules">The modules.</param>
    /// <param name="foundation">The assembly that all Contracts are made of, such as BuildingBlocks.Contracts.</param>
    public static IEnumerable<Violation> ContractsUseOnly(CompiledModules modules, string foundation) =>
        from module in modules.All
        let contracts = module.Contracts
        where contracts is not null
        from use in TypeUse.In(contracts)
        where
            !IsPlatform(use.Assembly)
            && !string.Equals(use.Assembly, foundation, StringComparison.Ordinal)
            && !string.Equals(use.Assembly, contracts.Name.Name, StringComparison.Ordinal)
        select new Violation(
            "pure-contracts",
            module.Name,
            use.Place,
            use.Type.FullName,
            $"it stands in {use.Assembly}. Whoever reads a contract would have to take that along; say it with plain "
                + $"types and records of {module.Name}.Contracts."
        );

    /// <summary>
    /// Types of some namespaces of a module do not use others: neither of the module's, nor of the platform or a
    /// package.
    /// </summary>
    /// <param name="modules">The modules.</param>
    /// <param name="from">A namespace within each module, such as <c>Domain</c>.</param>
    /// <param name="to">Namespaces within the module, such as <c>Persistence</c>, or from the root, such as
    /// <c>Microsoft.EntityFrameworkCore</c>.</param>
    /// <param name="because">Why, and what to do instead.</param>
    public static IEnumerable<Violation> LayerUsesNone(
        CompiledModules modules,
        string from,
        IReadOnlyList<string> to,
        string because
    ) =>
        from module in modules.All
        from use in TypeUse.In(module.Implementation)
        where IsIn(use.Place, $"{module.Name}.{from}")
        let used = use.Type.FullName
        where to.Any(layer => IsIn(used, layer) || IsIn(used, $"{module.Name}.{layer}"))
        select new Violation("layers", module.Name, use.Place, used, because);

    /// <summary>
    /// Everything in a module's implementation is internal, but for the types that say what the module is.
    /// </summary>
    /// <param name="modules">The modules.</param>
    /// <param name="suffix">How the name of the one public type ends, such as <c>Module</c>.</param>
    public static IEnumerable<Violation> AllInternalBut(CompiledModules modules, string suffix) =>
        from module in modules.All
        from type in module.Implementation.MainModule.Types
        where
            type.IsPublic
            && !string.Equals(type.FullName, $"{module.Name}.{module.Name}{suffix}", StringComparison.Ordinal)
        select new Violation(
            "internal",
            module.Name,
            type.FullName,
            type.FullName,
            "it is public, so others could come to use it. Make it internal; what others may know belongs into "
                + $"{module.Name}.Contracts."
        );

    /// <summary>
    /// Modules that know each other's Contracts in a circle can only be understood, and extracted, together. A circle
    /// that is meant is declared; one that is declared but gone is a violation too.
    /// </summary>
    /// <param name="modules">The modules.</param>
    /// <param name="declared">For each circle that is meant, all its modules.</param>
    public static IEnumerable<Violation> NoCyclesBut(
        CompiledModules modules,
        params IReadOnlyCollection<string>[] declared
    )
    {
        var graph = modules.All.ToDictionary(
            module => module.Name,
            module => ContractsKnownTo(module, modules),
            StringComparer.Ordinal
        );
        var circles = Circles.In(graph);
        foreach (
            var circle in circles.Where(circle =>
                !declared.Any(meant => circle.ToHashSet(StringComparer.Ordinal).SetEquals(meant))
            )
        )
        {
            yield return new(
                "cycles",
                circle[0],
                string.Join(", ", circle),
                string.Join(
                    ", ",
                    circle.SelectMany(from =>
                        graph[from].Intersect(circle, StringComparer.Ordinal).Select(to => $"{from} knows {to}")
                    )
                ),
                "they know each other in a circle, so none can be understood or extracted alone. Turn one direction "
                    + "round with an event, or declare the circle with its reason."
            );
        }

        foreach (
            var meant in declared.Where(meant =>
                !circles.Any(circle => circle.ToHashSet(StringComparer.Ordinal).SetEquals(meant))
            )
        )
        {
            yield return new(
                "cycles",
                meant.First(),
                string.Join(", ", meant),
                "nothing",
                "this circle is declared, but these modules do not form it any more. Declare what there is."
            );
        }
    }

    private static string[] ContractsKnownTo(CompiledModule module, CompiledModules modules) =>
        [
            .. from reference in module.Implementation.MainModule.AssemblyReferences
            from other in modules.All
            where other != module && string.Equals(reference.Name, $"{other.Name}.Contracts", StringComparison.Ordinal)
            select other.Name,
        ];

    private static bool IsIn(string name, string space) => name.StartsWith($"{space}.", StringComparison.Ordinal);

    private static bool IsPlatform(string assembly) =>
        assembly is "mscorlib" or "netstandard" or "System"
        || assembly.StartsWith("System.", StringComparison.Ordinal)
            && !assembly.StartsWith("System.CommandLine", StringComparison.Ordinal);
}
