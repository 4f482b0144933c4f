using System.Text.RegularExpressions;

namespace Analyzers.Tests.Running;

/// <summary>One example of a rule's page.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="Number">Counted from 1 on the page.</param>
/// <param name="Language">csharp, sql or xml.</param>
/// <param name="IsBad">Whether the rule is to report it.</param>
/// <param name="Text">The code.</param>
internal sealed record RuleExample(string Rule, int Number, string Language, bool IsBad, string Text)
{
    public string Name => $"{Rule} example {Number}";
}

/// <summary>docs/rules as the tests read them.</summary>
internal static partial class RulePages
{
    public static IReadOnlyList<string> Ids { get; } =
    [.. Repository.Files("docs/rules", "MM*.md").Select(path => Path.GetFileNameWithoutExtension(path)!)];

    public static IReadOnlyList<RuleExample> Examples { get; } = [.. Ids.SelectMany(ExamplesOf)];

    public static string TitleOf(string rule) => Repository.Read($"docs/rules/{rule}.md").Split('\n')[0];

    private static IEnumerable<RuleExample> ExamplesOf(string rule) =>
        Example()
            .Matches(Repository.Read($"docs/rules/{rule}.md"))
            .Select(
                (match, i) =>
                    new RuleExample(
                        rule,
                        i + 1,
                        match.Groups["language"].Value,
                        match.Groups["kind"].Value is "bad",
                        match.Groups["text"].Value
                    )
            );

    [GeneratedRegex(
        @"^```(?<language>\w+) (?<kind>bad|good)\n(?<text>.*?)^```$",
        RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Example();
}
