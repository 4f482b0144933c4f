using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace ArchitectureTests;

/// <summary>What docs/dependencies.md says of packages and tools, held against what the build asks for.</summary>
public sealed class DependencyTests
{
    private const int Columns = 6;

    [Fact]
    public void The_tables_list_the_packages_and_tools_that_are_used_in_their_versions() =>
        Rows()
            .Select(cells => $"{cells[0]} {cells[1]}")
            .Order(StringComparer.OrdinalIgnoreCase)
            .ShouldBe(Pinned().Concat(Tools()).Order(StringComparer.OrdinalIgnoreCase));

    [Fact]
    public void Every_row_says_what_for_under_which_licence_why_and_what_instead() =>
        Rows()
            .Where(cells => cells.Length != Columns || cells.Any(string.IsNullOrEmpty))
            .Select(cells => cells[0])
            .ShouldBeEmpty($"A row has {Columns} cells, none empty.");

    [Fact]
    public void No_version_is_pinned_that_no_project_asks_for()
    {
        // Entity Framework Core and F# come with what projects ask for, in these versions.
        string[] comeAlong = ["Microsoft.EntityFrameworkCore", "FSharp.Core"];
        var asked = Directory
            .EnumerateFiles(Repository.File("."), "*.*proj", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.File("."), "Directory.Build.*", SearchOption.AllDirectories))
            .SelectMany(file => Included(file, "PackageReference"))
            .Select(package => package.Name)
            .ToHashSet(StringComparer.Ordinal);

        Packages()
            .Select(package => package.Name)
            .Except(comeAlong, StringComparer.Ordinal)
            .Where(name => !asked.Contains(name))
            .ShouldBeEmpty("Take it out of Directory.Packages.props and docs/dependencies.md.");
    }

    private static IEnumerable<string> Pinned() => Packages().Select(package => $"{package.Name} {package.Version}");

    private static IEnumerable<(string Name, string? Version)> Packages() =>
        Included(Repository.File("Directory.Packages.props"), "PackageVersion");

    private static IEnumerable<(string Name, string? Version)> Included(string file, string element) =>
        XDocument
            .Load(file)
            .Descendants(element)
            .Select(one => ((string?)one.Attribute("Include"), (string?)one.Attribute("Version")))
            .Where(one => one.Item1 is not null)
            .Select(one => (one.Item1!, one.Item2));

    private static IEnumerable<string> Tools() =>
        JsonNode.Parse(File.ReadAllText(Repository.File(".config/dotnet-tools.json")))!["tools"]!
            .AsObject()
            .Select(tool => $"{tool.Key} {tool.Value!["version"]}");

    private static IEnumerable<string[]> Rows() =>
        File.ReadLines(Repository.File("docs/dependencies.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells[0] is not ("package" or "---"));
}
