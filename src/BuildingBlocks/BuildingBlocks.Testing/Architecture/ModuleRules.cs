using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.Web;

namespace BuildingBlocks.Testing.Architecture;

/// <summary>Rules over compiled modules. Each answers what it found; none means that the rule holds.</summary>
public static class ModuleRules
{
    /// <summary>
    /// No module uses a type of another one's implementation: only its Contracts. Whose a type is, is told by its
    /// namespace and by the assembly that it stands in.
    /// </summary>
    public static IEnumerable<Violation> NoUseAcrossModules(CompiledModules modules) =>
        from module in modules.All
        from other in modules.All
        where other != module
        let because = $"it belongs to module {other.Name}, and only {other.Name}.Contracts is for others. Keep a copy "
            + "fed by its events (docs/guides/copies.md), or let the Host compose the answer "
            + "(docs/guides/composition.md)."
        from violation in modules
            .TypesOf(module)
            .ShouldNot()
            .HaveDependencyOnAny([.. other.Inside])
            .Uses(
                "across-modules",
                module.Name,
                module.Types,
                used => other.Inside.Any(space => Sentences.IsIn(used, space)),
                because
            )
            .Union(
                modules
                    .TypesOf(module)
                    .Breaking(
                        new UsesNone(
                            "across-modules",
                            module.Name,
                            use => string.Equals(use.Assembly, other.Name, StringComparison.Ordinal),
                            because
                        )
                    )
            )
        select violation;

    /// <summary>
    /// Contracts use nothing but the platform, what all Contracts are made of, and what stands beside them.
    /// </summary>
    /// <param name="modules">The modules.</param>
    /// <param name="foundation">What all Contracts are made of, such as BuildingBlocks.Contracts.</param>
    public static IEnumerable<Violation> ContractsUseOnly(CompiledModules modules, string foundation) =>
        from module in modules.All
        let allowed = new[] { "System", foundation, $"{module.Name}.Contracts" }
        let because = "whoever reads a contract would have to take that along. Say it with plain types and records of "
            + $"{module.Name}.Contracts."
        from violation in modules
            .ContractsOf(module)
            .Should()
            .OnlyHaveDependenciesOn(allowed)
            .Uses("pure-contracts", module.Name, module.Types, used => IsNoneOf(allowed, used), because)
            .Union(
                modules
                    .ContractsOf(module)
                    .Breaking(
                        new UsesNone(
                            "pure-contracts",
                            module.Name,
                            use => IsNoneOf(allowed, use.Type.FullName),
                            because
                        )
                    )
            )
        select violation;

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
        let forbidden = to.Concat(to.Select(layer => $"{module.Name}.{layer}")).ToArray()
        from violation in modules
            .ImplementationOf(module)
            .And()
            .ResideInNamespace($"{module.Name}.{from}.")
            .ShouldNot()
            .HaveDependencyOnAny(forbidden)
            .Uses(
                "layers",
                module.Name,
                module.Types,
                used => forbidden.Any(space => Sentences.IsIn(used, space)),
                because
            )
            .Union(
                modules
                    .ImplementationOf(module)
                    .And()
                    .ResideInNamespace($"{module.Name}.{from}.")
                    .Breaking(
                        new UsesNone(
                            "layers",
                            module.Name,
                            use => forbidden.Any(space => Sentences.IsIn(use.Type.FullName, space)),
                            because
                        )
                    )
            )
        select violation;

    /// <summary>
    /// Everything in a module's implementation is internal, but for the type that says what the module is.
    /// </summary>
    /// <param name="modules">The modules.</param>
    /// <param name="suffix">How the name of the one public type ends, such as <c>Module</c>.</param>
    public static IEnumerable<Violation> AllInternalBut(CompiledModules modules, string suffix) =>
        from module in modules.All
        from violation in modules
            .ImplementationOf(module)
            .And()
            .AreNotNested()
            .And()
            .DoNotHaveName($"{module.Name}{suffix}")
            .ShouldNot()
            .BePublic()
            .Types(
                "internal",
                module.Name,
                "it is public, so others could come to use it. Make it internal; what others may know belongs into "
                    + $"{module.Name}.Contracts."
            )
        select violation;

    /// <summary>Classes that others are not made of are sealed.</summary>
    public static IEnumerable<Violation> AllSealed(CompiledModules modules) =>
        from module in modules.All
        from violation in modules
            .TypesOf(module)
            .And()
            .AreClasses()
            .And()
            .AreNotAbstract()
            .Should()
            .BeSealed()
            .Types(
                "sealed",
                module.Name,
                "nobody said what may be changed by deriving from it. Seal it, or make what others share abstract."
            )
        select violation;

    /// <summary>A module's types stand in its namespaces, those of its Contracts in theirs.</summary>
    public static IEnumerable<Violation> NamespacesAreTheModules(CompiledModules modules) =>
        from module in modules.All
        let contracts = $"{module.Name}.Contracts"
        from violation in modules
            .ImplementationOf(module)
            .And()
            .AreNotNested()
            .ShouldNot()
            .ResideInNamespaceMatching($@"^(?!{module.Name}(\.|$)|$)|^{contracts}(\.|$)")
            .Types(
                "namespaces",
                module.Name,
                $"a type of {module.Name} stands in a namespace that begins with its name."
            )
            .Concat(
                modules
                    .ContractsOf(module)
                    .ShouldNot()
                    .ResideInNamespaceMatching($@"^(?!{contracts}(\.|$)|$)")
                    .Types("namespaces", module.Name, $"a contract of {module.Name} stands in {contracts}.")
            )
        select violation;

    /// <summary>No name ends with a word that says nothing.</summary>
    /// <param name="modules">The modules.</param>
    /// <param name="words">Such as <c>Manager</c>.</param>
    public static IEnumerable<Violation> NoNamesEndWith(CompiledModules modules, IReadOnlyCollection<string> words) =>
        from module in modules.All
        from word in words
        from violation in modules
            .TypesOf(module)
            .ShouldNot()
            .HaveNameEndingWith(word, StringComparison.Ordinal)
            .Types("names", module.Name, $"'{word}' says nothing of what it does. Name it by that.")
        select violation;

    /// <summary>
    /// Endpoints, reactions and DbContexts stand in their folder under a name that tells what they are, and events say
    /// their version.
    /// </summary>
    public static IEnumerable<Violation> KindsHaveTheirPlaceAndName(CompiledModules modules) =>
        from module in modules.All
        from violation in modules
            .ImplementationOf(module)
            .And()
            .ImplementInterface(typeof(IEndpoint))
            .Should()
            .ResideInNamespace($"{module.Name}.Features.")
            .And()
            .HaveNameEndingWith("Endpoint", StringComparison.Ordinal)
            .Types("kinds", module.Name, "an endpoint is named <UseCase>Endpoint and stands in Features.")
            .Concat(
                modules
                    .ImplementationOf(module)
                    .And()
                    .ImplementInterface(typeof(IReaction<>))
                    .Should()
                    .ResideInNamespace($"{module.Name}.Reactions.")
                    .And()
                    .HaveNameMatching("[a-z0-9]On[A-Z]")
                    .Types("kinds", module.Name, "a reaction is named <Effect>On<Event> and stands in Reactions.")
            )
            .Concat(
                modules
                    .ImplementationOf(module)
                    .And()
                    .Inherit(typeof(ModuleDbContext))
                    .Should()
                    .ResideInNamespace($"{module.Name}.Persistence.")
                    .And()
                    .HaveName($"{module.Name}DbContext")
                    .Types("kinds", module.Name, $"the DbContext is Persistence.{module.Name}DbContext.")
            )
            .Concat(
                modules
                    .ContractsOf(module)
                    .And()
                    .ImplementInterface(typeof(IIntegrationEvent))
                    .Should()
                    .BePublic()
                    .And()
                    .HaveCustomAttribute(typeof(IntegrationEventAttribute))
                    .And()
                    .HaveNameMatching("V[1-9][0-9]*$")
                    .Types(
                        "kinds",
                        module.Name,
                        "an event is public, has an [IntegrationEvent] and a name that ends with its version: V1."
                    )
            )
        select violation;

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
        ModuleCircles circles = new(modules, declared);
        return [.. modules.Implementations().Breaking(circles), .. circles.Gone];
    }

    private static bool IsNoneOf(string[] spaces, string used) =>
        !spaces.Append(Sentences.MadeByTheCompiler).Any(space => Sentences.IsIn(used, space));
}
