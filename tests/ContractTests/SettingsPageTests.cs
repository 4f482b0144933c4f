using System.Reflection;
using BuildingBlocks.EmbeddedPostgres;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;
using BuildingBlocks.Testing.Documentation;
using BuildingBlocks.Web;

namespace ContractTests;

/// <summary>docs/settings.md has every setting, with the default and the range that the code gives it.</summary>
public sealed class SettingsPageTests
{
    private const string Path = "docs/settings.md";

    private static readonly Assembly[] Assemblies =
    [
        typeof(Program).Assembly,
        typeof(IEndpoint).Assembly,
        typeof(EventLogOptions).Assembly,
        typeof(EmbeddedPostgresOptions).Assembly,
    ];

    [Fact]
    public async Task Page_has_every_option_as_its_class_describes_it()
    {
        var page = await Read();

        await Solution.CheckedIn(Path, () => Task.FromResult(SettingsPage.Of(page, Solution.Modules, Assemblies)));
    }

    [Fact]
    public async Task Page_has_every_single_setting_with_its_range()
    {
        var rows = (await Read()).Split('\n').Where(line => line.StartsWith('|')).ToArray();

        var missing = SettingsPage
            .SingleSettingsOf(Assemblies)
            .Where(setting =>
                !rows.Any(row =>
                    row.Contains($"`{setting.Key}`", StringComparison.Ordinal)
                    && row.Contains(setting.Value, StringComparison.Ordinal)
                )
            )
            .Select(setting => $"{setting.Key}: {setting.Value}")
            .ToArray();

        SettingsPage.SingleSettingsOf(Assemblies).Keys.ShouldContain("Database:PoolSize", StringComparer.Ordinal);
        missing.ShouldBeEmpty($"{Path} has no row with these.");
    }

    [Fact]
    public async Task Module_cannot_be_named_like_a_section_of_the_Host()
    {
        // A single setting's section stands before its first colon, that of options in their heading. Those of modules
        // begin with a small letter.
        var page = (await Read()).Split('\n');
        var sections = page.Where(line => line.StartsWith("| `", StringComparison.Ordinal) && line.Contains(':'))
            .Select(line => line[3..line.IndexOfAny([':', '`'], 3)])
            .Concat(page.Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..]))
            .Where(section => char.IsAsciiLetterUpper(section[0]) && section.All(char.IsAsciiLetter))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToArray();

        sections.ShouldContain("Http", StringComparer.Ordinal);
        sections.ShouldContain("Database", StringComparer.Ordinal);
        sections.Except(ModuleRegistration.HostSections, StringComparer.OrdinalIgnoreCase).ShouldBeEmpty();
    }

    private static Task<string> Read() =>
        File.ReadAllTextAsync(Repository.File(Path), TestContext.Current.CancellationToken);
}
