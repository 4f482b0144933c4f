using System.Text.RegularExpressions;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Consuming;

namespace ArchitectureTests;

/// <summary>What documents link to is there, and the glossary and the tour keep up with the code.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public async Task Every_link_leads_to_a_file_and_a_heading()
    {
        List<string> dead = [];
        var links = 0;
        foreach (var page in await Repository.FilesAsync("*.md"))
        {
            foreach (var link in LinksOf(await Read(page)))
            {
                links++;
                if (!LeadsSomewhere(page, link))
                {
                    dead.Add($"{page}: {link}");
                }
            }
        }

        links.ShouldBeGreaterThan(50);
        dead.ShouldBeEmpty();
    }

    [Fact]
    public async Task Glossary_names_every_type_that_a_module_implements()
    {
        var terms = await Read("docs/terms.md");

        var unknown = new[] { typeof(IReaction<>).Assembly, typeof(IIntegrationEvent).Assembly }
            .SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => type.IsInterface)
            .Select(type => type.Name.Split('`')[0])
            .Where(name => !terms.Contains($"`{name}`", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal)
            .ToArray();

        unknown.ShouldBeEmpty("docs/terms.md has no term for these.");
    }

    [Fact]
    public async Task Glossary_has_each_term_once()
    {
        var terms = (await Read("docs/terms.md"))
            .Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Split('|')[1].Trim())
            .Where(term => term is not ("term" or "---"))
            .ToArray();

        terms.Length.ShouldBeGreaterThan(50);
        terms.ShouldBeUnique(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Tour_names_each_file_once()
    {
        var flows = (await Read("docs/architecture.md"))
            .Split("\n## ")
            .Where(part => part.StartsWith("Tour: ", StringComparison.Ordinal))
            .ToArray();

        flows.Length.ShouldBe(4);
        foreach (var flow in flows)
        {
            LinksOf(flow)
                .Where(link => link.EndsWith(".cs", StringComparison.Ordinal))
                .ShouldBeUnique(StringComparer.Ordinal);
        }
    }

    [Fact]
    public async Task Pictures_name_classes_tables_and_projects_that_exist()
    {
        var page = await Read("docs/architecture.md");
        var classes = Directory
            .EnumerateFiles(Repository.File("src"), "*.cs", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension)
            .ToHashSet(StringComparer.Ordinal);
        var tables = string.Concat(
            Directory
                .EnumerateFiles(Repository.File("src/BuildingBlocks/BuildingBlocks.EventLog/Migrations"), "*.sql")
                .Select(File.ReadAllText)
        );
        var participants = Participant().Matches(page).Select(match => match.Groups["name"].Value).ToArray();
        var projects = Directory
            .EnumerateFiles(Repository.File("src/BuildingBlocks"), "*.csproj", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension)
            .Order(StringComparer.Ordinal);

        participants.ShouldNotBeEmpty();
        participants
            .Where(name =>
                !classes.Contains(name) && !tables.Contains($"create table {name} ", StringComparison.Ordinal)
            )
            .ShouldBeEmpty("No class or table of the event log has these names.");
        Project()
            .Matches(page)
            .Select(match => match.Groups["name"].Value)
            .Order(StringComparer.Ordinal)
            .ShouldBe(projects, "The picture shows all projects of src/BuildingBlocks.");
    }

    /// <summary>The targets of links that stand in the repository; code is left out.</summary>
    private static IEnumerable<string> LinksOf(string page) =>
        Link()
            .Matches(Code().Replace(page, ""))
            .Select(match => match.Groups["target"].Value)
            .Where(target =>
                !target.Contains("://", StringComparison.Ordinal)
                && !target.StartsWith("mailto:", StringComparison.Ordinal)
            );

    private static bool LeadsSomewhere(string page, string link)
    {
        var parts = link.Split('#', 2);
        var target =
            parts[0].Length == 0
                ? Repository.File(page)
                : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Repository.File(page))!, parts[0]));
        return Path.Exists(target)
            && (parts.Length == 1 || Anchors(File.ReadAllText(target)).Contains(parts[1], StringComparer.Ordinal));
    }

    /// <summary>The anchors that GitHub gives to headings.</summary>
    private static IEnumerable<string> Anchors(string page) =>
        Code()
            .Replace(page, "")
            .Split('\n')
            .Where(line => line.StartsWith('#'))
            .Select(line =>
                NoAnchor()
                    .Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "")
                    .Replace(" ", "-", StringComparison.Ordinal)
            );

    private static Task<string> Read(string page) =>
        File.ReadAllTextAsync(Repository.File(page), TestContext.Current.CancellationToken);

    [GeneratedRegex(@"^ *participant (?<name>\w+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Participant();

    [GeneratedRegex(@"\[""(?<name>BuildingBlocks[.\w]*)""\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Project();

    [GeneratedRegex(
        @"\]\((?<target>[^()\s]+)\)|^\[[^\]]+\]: (?<target>\S+)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        1000
    )]
    private static partial Regex Link();

    [GeneratedRegex(@"^ *```.*?^ *```|`[^`\n]+`", RegexOptions.Singleline | RegexOptions.Multiline, 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.None, 1000)]
    private static partial Regex NoAnchor();
}
