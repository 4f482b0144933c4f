using Mono.Cecil;

namespace BuildingBlocks.Testing.Architecture;

/// <summary>
/// Rules over a compiled assembly that is no module. Each answers what it found; none means that the rule holds.
/// </summary>
public static class AssemblyRules
{
    /// <summary>
    /// Folders of an assembly do not depend on each other in a circle, so that each can be read after those it uses. A
    /// folder is the first part of a namespace after the assembly's name; what stands in none counts as one.
    /// </summary>
    public static IEnumerable<Violation> NoCyclesAmongFolders(AssemblyDefinition assembly)
    {
        var root = assembly.Name.Name;
        var spaces = assembly
            .MainModule.Types.Select(type => type.Namespace)
            .Where(space => space.StartsWith($"{root}.", StringComparison.Ordinal));
        var known = spaces.Select(space => space[(root.Length + 1)..].Split('.')[0]).ToHashSet(StringComparer.Ordinal);
        var uses = TypeUse
            .In(assembly)
            .Where(use => string.Equals(use.Assembly, root, StringComparison.Ordinal))
            .Select(use =>
                (From: FolderOf(use.Place, root, known), To: FolderOf(use.Type.FullName, root, known), Use: use)
            )
            .Where(use =>
                use is { From: not null, To: not null } && !string.Equals(use.From, use.To, StringComparison.Ordinal)
            )
            .ToLookup(use => use.From!, StringComparer.Ordinal);
        var folders = uses.SelectMany(same => same.SelectMany(use => new[] { use.From!, use.To! }))
            .Distinct(StringComparer.Ordinal);
        var graph = folders.ToDictionary(
            folder => folder,
            folder => uses[folder].Select(use => use.To!).Distinct(StringComparer.Ordinal).ToArray(),
            StringComparer.Ordinal
        );
        return from circle in Circles.In(graph)
            from folder in circle
            from one in uses[folder]
                .Where(use => circle.Contains(use.To, StringComparer.Ordinal))
                .DistinctBy(use => use.To, StringComparer.Ordinal)
            select new Violation(
                "folder-cycles",
                root,
                one.Use.Place,
                one.Use.Type.FullName,
                $"the folders {string.Join(", ", circle)} use each other in a circle. Move what both need below them, "
                    + "or hand it over as an argument."
            );
    }

    /// <summary>An assembly uses nothing of others.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="others">How their names begin, such as <c>Microsoft.AspNetCore</c>.</param>
    /// <param name="because">Why, and what to do instead.</param>
    public static IEnumerable<Violation> UsesNone(
        AssemblyDefinition assembly,
        IReadOnlyCollection<string> others,
        string because
    ) =>
        from reference in assembly.MainModule.AssemblyReferences
        where
            others.Any(other =>
                string.Equals(reference.Name, other, StringComparison.Ordinal)
                || reference.Name.StartsWith($"{other}.", StringComparison.Ordinal)
            )
        select new Violation("uses-none", assembly.Name.Name, assembly.Name.Name, reference.Name, because);

    /// <summary>
    /// The folder of a type or member; empty for one that stands in none, null for one of another root, such as a
    /// generated one.
    /// </summary>
    private static string? FolderOf(string name, string root, HashSet<string> folders) =>
        !name.StartsWith($"{root}.", StringComparison.Ordinal) ? null
        : name[(root.Length + 1)..].Split('.', '/')[0] is var first && folders.Contains(first) ? first
        : "";
}
