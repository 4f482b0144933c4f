using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ArchitectureTests;

/// <summary>How code and documents are laid out: 120 columns, and code as its formatter leaves it.</summary>
public sealed class LayoutTests
{
    private const int Width = 120;

    [Fact]
    public async Task Code_is_as_the_formatter_leaves_it()
    {
        (await Repository.RunAsync("dotnet", "tool", "restore")).ExitCode.ShouldBe(0);

        var (exitCode, output) = await Repository.RunAsync("dotnet", "csharpier", "check", ".");

        exitCode.ShouldBe(0, $"Run 'dotnet csharpier format .' and commit what it changes.\n{output}");
    }

    [Fact]
    public async Task Lines_of_code_have_at_most_120_columns()
    {
        var wide = (await Repository.FilesAsync("*.cs")).SelectMany(file =>
            WideLines(File.ReadAllText(Repository.File(file))).Select(line => $"{file}({line})")
        );

        wide.ShouldBeEmpty("Break the line, or write long SQL as a raw string.");
    }

    [Fact]
    public async Task Lines_of_documents_have_at_most_120_columns()
    {
        var wide = (await Repository.FilesAsync("*.md")).SelectMany(file =>
            WideProse(File.ReadAllLines(Repository.File(file))).Select(line => $"{file}({line})")
        );

        wide.ShouldBeEmpty("Break the line; tables, code and addresses may be wider.");
    }

    [Theory]
    [InlineData(" = 1;", 1)]
    [InlineData("; // a comment", 1)]
    [InlineData(" = \"text\";", 1)]
    [InlineData(" = \"\"\"select 1\"\"\";", 0)]
    [InlineData("; // https://example.com", 0)]
    public void Only_raw_strings_and_addresses_may_be_wider(string end, int wide) =>
        WideLines($"var {new string('a', Width)}{end}").Count().ShouldBe(wide);

    [Theory]
    [InlineData("", "", 1)]
    [InlineData("| ", " |", 0)]
    [InlineData("[terms]: ", "", 0)]
    [InlineData("```\n", "\n```", 0)]
    [InlineData("```\n```\n", "", 1)]
    [InlineData("https://example.com/", "", 0)]
    public void Only_tables_code_and_addresses_may_be_wider(string before, string after, int wide) =>
        WideProse($"{before}{new string('a', Width + 1)}{after}".Split('\n')).Count().ShouldBe(wide);

    private static IEnumerable<int> WideLines(string code)
    {
        var text = SourceText.From(code);
        if (!text.Lines.Any(line => line.Span.Length > Width))
        {
            return [];
        }

        var raw = CSharpSyntaxTree
            .ParseText(text)
            .GetRoot()
            .DescendantNodes()
            .Where(node =>
                node is LiteralExpressionSyntax literal
                    && literal.Token.Text.StartsWith("\"\"\"", StringComparison.Ordinal)
                || node is InterpolatedStringExpressionSyntax interpolated
                    && interpolated.StringStartToken.Text.Contains("\"\"\"", StringComparison.Ordinal)
            )
            .Select(node => node.Span)
            .ToArray();
        return
        [
            .. from line in text.Lines
            where line.Span.Length > Width
            where !raw.Any(span => span.IntersectsWith(line.Span))
            where !line.ToString().Contains("://", StringComparison.Ordinal)
            select line.LineNumber + 1,
        ];
    }

    private static IEnumerable<int> WideProse(string[] lines)
    {
        var inCode = false;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimStart();
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                inCode = !inCode;
            }
            else if (
                !inCode
                && lines[i].Length > Width
                && line is not ['|', ..]
                && !line.Contains("]: ", StringComparison.Ordinal)
                && !line.Contains("://", StringComparison.Ordinal)
            )
            {
                yield return i + 1;
            }
        }
    }
}
