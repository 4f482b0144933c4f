using System.Text;
using System.Text.RegularExpressions;

namespace Analyzers.Tests.Running;

/// <summary>
/// Code in which <c>{|MM0002:this|}</c> marks what a rule is to report. A line that begins with <c>// src/Modules/</c>
/// begins a file of that name; what stands before the first such line goes into a file of Orders.
/// </summary>
internal sealed partial class MarkedSource
{
    public const string DefaultPath = "src/Modules/Orders/Orders/Features/Sample.cs";

    private MarkedSource(IReadOnlyDictionary<string, string> files, IReadOnlyList<string> expected) =>
        (Files, Expected) = (files, expected);

    public IReadOnlyDictionary<string, string> Files { get; }

    /// <summary>What is marked, as <c>path(line,column): rule</c>, sorted.</summary>
    public IReadOnlyList<string> Expected { get; }

    public static MarkedSource Parse(string source)
    {
        Dictionary<string, string> files = new(StringComparer.Ordinal);
        List<string> expected = [];
        var path = DefaultPath;
        StringBuilder text = new();
        foreach (var line in source.ReplaceLineEndings("\n").Split('\n'))
        {
            if (FileLine().Match(line) is { Success: true } header)
            {
                Add();
                path = header.Groups["path"].Value;
                text.Clear();
            }
            else
            {
                text.Append(line).Append('\n');
            }
        }

        Add();
        expected.Sort(StringComparer.Ordinal);
        return new(files, expected);

        void Add()
        {
            if (text.ToString().Trim().Length > 0)
            {
                files.Add(path, Unmarked(path, text.ToString(), expected));
            }
        }
    }

    private static string Unmarked(string path, string text, List<string> expected)
    {
        StringBuilder plain = new();
        var at = 0;
        foreach (Match mark in Mark().Matches(text))
        {
            plain.Append(text, at, mark.Index - at);
            at = mark.Index + mark.Length;
            if (mark.Groups["rule"].Success)
            {
                var before = plain.ToString();
                var line = before.Count(c => c == '\n') + 1;
                expected.Add($"{path}({line},{before.Length - before.LastIndexOf('\n')}): {mark.Groups["rule"].Value}");
            }
        }

        return plain.Append(text, at, text.Length - at).ToString();
    }

    [GeneratedRegex(@"\{\|(?<rule>MM\d{4}):|\|\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Mark();

    [GeneratedRegex(@"^\s*(//|<!--|--) (?<path>src/\S+)(\s*-->)?\s*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileLine();
}
