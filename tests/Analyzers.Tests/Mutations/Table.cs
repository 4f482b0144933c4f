using System.Text;
using System.Text.RegularExpressions;

namespace Analyzers.Tests.Mutations;

/// <summary>What docs/walls.md shows of the mutations.</summary>
internal static partial class Table
{
    private const string Begin = "<!-- mutations: written by tests/Analyzers.Tests -->\n";
    private const string End = "<!-- /mutations -->";

    public static async Task<string> Of(
        IEnumerable<Mutation> mutations,
        Func<Mutation, Task<IReadOnlyList<string>>> said
    )
    {
        StringBuilder table = new("| Violation | Ring | Message |\n| --- | --- | --- |\n");
        foreach (var mutation in mutations)
        {
            var line = mutation.LineIn(await said(mutation)) ?? string.Join(" ... ", mutation.Expected);
            table.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"| {mutation.Title} | {mutation.Ring} | {Cell(line)} |\n"
            );
        }

        return table.ToString();
    }

    /// <summary>The page with this table in its place.</summary>
    public static string In(string page, string table)
    {
        var begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = page.IndexOf(End, StringComparison.Ordinal);
        (begin > Begin.Length && end >= begin).ShouldBeTrue("docs/walls.md has no place for the table.");
        return page[..begin] + table + page[end..];
    }

    private static string Cell(string line) =>
        Events()
            .Replace(Noise().Replace(line, ""), "fed by its events")
            .Replace("|", "\\|", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal);

    // Which events those are changes with the contracts.
    [GeneratedRegex(@"fed by [a-z][a-z., -]*(?= \(docs)", RegexOptions.None, 1000)]
    private static partial Regex Events();

    // The project that MSBuild names at the end, the page that every message ends with, and line numbers that move with
    // the code.
    [GeneratedRegex(
        @" \[[^\]]*proj\]$| Rule: docs/rules/MM\d{4}\.md|\(\d+,\d+\)(?=: error)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Noise();
}
