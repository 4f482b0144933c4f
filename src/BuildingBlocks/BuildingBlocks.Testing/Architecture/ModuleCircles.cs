using Mono.Cecil;

namespace BuildingBlocks.Testing.Architecture;

/// <summary>
/// Modules that know each other's Contracts in a circle can only be understood, and extracted, together. A circle that
/// is meant is declared; one that is declared but gone is a violation too.
/// </summary>
internal sealed class ModuleCircles : ArchitectureRule
{
    private readonly ILookup<string, Violation> violations;

    public ModuleCircles(CompiledModules modules, IReadOnlyCollection<string>[] declared)
    {
        // The first place in which each module uses each other's Contracts.
        var known = (
            from module in modules.All
            from type in module.Implementation.MainModule.Types
            from use in TypeUse.Within(type)
            from other in modules.All
            where other != module && string.Equals(use.Assembly, $"{other.Name}.Contracts", StringComparison.Ordinal)
            select (From: module.Name, To: other.Name, By: type.FullName, Use: use)
        )
            .DistinctBy(one => (one.From, one.To))
            .ToArray();
        var circles = Circles.In(
            modules.All.ToDictionary(
                module => module.Name,
                module =>
                    known
                        .Where(one => string.Equals(one.From, module.Name, StringComparison.Ordinal))
                        .Select(one => one.To)
                        .ToArray(),
                StringComparer.Ordinal
            )
        );
        violations = (
            from circle in circles
            where !declared.Any(meant => AreSame(circle, meant))
            from one in known
            where circle.Contains(one.From, StringComparer.Ordinal) && circle.Contains(one.To, StringComparer.Ordinal)
            select (
                one.By,
                Violation: new Violation(
                    "cycles",
                    one.From,
                    one.Use.Place,
                    one.Use.Type.FullName,
                    $"here {one.From} comes to know {one.To}, and {string.Join(", ", circle)}: they know each other in "
                        + "a circle, so none can be understood or extracted alone. Turn one direction round with an "
                        + "event, or declare the circle with its reason."
                )
            )
        ).ToLookup(one => one.By, one => one.Violation, StringComparer.Ordinal);
        Gone =
        [
            .. from meant in declared
            where !circles.Any(circle => AreSame(circle, meant))
            select new Violation(
                "cycles",
                meant.First(),
                string.Join(", ", meant),
                "nothing",
                "this circle is declared, but these modules do not form it any more. Declare what there is."
            ),
        ];
    }

    /// <summary>Circles that are declared, and of which nothing is found.</summary>
    public IReadOnlyList<Violation> Gone { get; }

    /// <inheritdoc />
    protected override IEnumerable<Violation> ViolationsIn(TypeDefinition type) => violations[type.FullName];

    private static bool AreSame(IEnumerable<string> circle, IEnumerable<string> meant) =>
        circle.ToHashSet(StringComparer.Ordinal).SetEquals(meant);
}
