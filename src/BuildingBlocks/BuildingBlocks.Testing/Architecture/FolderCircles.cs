using Mono.Cecil;

namespace BuildingBlocks.Testing.Architecture;

/// <summary>
/// Folders of an assembly do not depend on each other in a circle, so that each can be read after those it uses. A
/// folder is the first part of a namespace after the assembly's name; what stands in none counts as one.
/// </summary>
public sealed class FolderCircles : ArchitectureRule
{
    private readonly Dictionary<AssemblyDefinition, ILookup<string, Violation>> judged = [];

    /// <inheritdoc />
    protected override IEnumerable<Violation> ViolationsIn(TypeDefinition type)
    {
        var assembly = type.Module.Assembly;
        if (!judged.TryGetValue(assembly, out var violations))
        {
            violations = Judge(assembly).ToLookup(one => one.By, one => one.Violation, StringComparer.Ordinal);
            judged.Add(assembly, violations);
        }

        return violations[type.FullName];
    }

    private static IEnumerable<(string By, Violation Violation)> Judge(AssemblyDefinition assembly)
    {
        var root = assembly.Name.Name;
        var known = assembly
            .MainModule.Types.Select(type => type.Namespace)
            .Where(space => space.StartsWith($"{root}.", StringComparison.Ordinal))
            .Select(space => space[(root.Length + 1)..].Split('.')[0])
            .ToHashSet(StringComparer.Ordinal);
        var uses = (
            from type in assembly.MainModule.Types
            from use in TypeUse.Within(type)
            where string.Equals(use.Assembly, root, StringComparison.Ordinal)
            let way = (From: FolderOf(type.FullName, root, known), To: FolderOf(use.Type.FullName, root, known))
            where way is { From: not null, To: not null }
            where !string.Equals(way.From, way.To, StringComparison.Ordinal)
            select (By: type.FullName, way.From, way.To, Use: use)
        ).ToLookup(use => use.From!, StringComparer.Ordinal);
        var graph = uses.SelectMany(same => same.SelectMany(use => new[] { use.From!, use.To! }))
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(
                folder => folder,
                folder => uses[folder].Select(use => use.To!).Distinct(StringComparer.Ordinal).ToArray(),
                StringComparer.Ordinal
            );
        return from circle in Circles.In(graph)
            from folder in circle
            from one in uses[folder]
                .Where(use => circle.Contains(use.To, StringComparer.Ordinal))
                .DistinctBy(use => use.To, StringComparer.Ordinal)
            select (
                one.By,
                new Violation(
                    "folder-cycles",
                    root,
                    one.Use.Place,
                    one.Use.Type.FullName,
                    $"the folders {string.Join(", ", circle)} use each other in a circle. Move what both need below "
                        + "them, or hand it over as an argument."
                )
            );
    }

    /// <summary>
    /// The folder of a type; empty for one that stands in none, null for one of another root, such as a generated one.
    /// </summary>
    private static string? FolderOf(string name, string root, HashSet<string> folders) =>
        !name.StartsWith($"{root}.", StringComparison.Ordinal) ? null
        : name[(root.Length + 1)..].Split('.', '/')[0] is var first && folders.Contains(first) ? first
        : "";
}
