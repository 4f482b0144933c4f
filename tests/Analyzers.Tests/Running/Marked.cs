namespace Analyzers.Tests.Running;

/// <summary>Samples in which every finding is marked, and nothing else is found.</summary>
internal static class Marked
{
    /// <summary>
    /// Runs all rules on the sample and compares; every message must name a way out and the rule's page.
    /// </summary>
    public static async Task<IReadOnlyList<Finding>> Code(string source, params string[] sees)
    {
        var marked = MarkedSource.Parse(source);
        var found = await Analysis.OfSamples(marked.Files, sees);
        found.Select(one => $"{one.Place}: {one.Rule}").ShouldBe(marked.Expected, string.Join('\n', found));
        found.ShouldAllBe(one => one.Message.EndsWith($"Rule: docs/rules/{one.Rule}.md", StringComparison.Ordinal));
        return found;
    }
}
