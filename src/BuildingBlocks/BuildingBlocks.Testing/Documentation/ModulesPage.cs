using System.Globalization;
using System.Text;
using BuildingBlocks.Testing.Contracts;

namespace BuildingBlocks.Testing.Documentation;

/// <summary>
/// The page that shows what modules there are: who reacts to whom, which events there are, what the database holds and
/// who may touch it, how sagas run.
/// </summary>
public sealed class ModulesPage
{
    private readonly DescribedModules modules;
    private readonly IReadOnlyList<EventContract> events;
    private readonly DatabaseFacts facts;
    private readonly StringBuilder text = new();

    private ModulesPage(DescribedModules modules, IReadOnlyList<EventContract> events, DatabaseFacts facts) =>
        (this.modules, this.events, this.facts) = (modules, events, facts);

    /// <summary>The page in Markdown.</summary>
    /// <param name="modules">The modules.</param>
    /// <param name="events">What they publish.</param>
    /// <param name="database">Becomes one that is provisioned and migrated for all modules, and is asked what came of
    /// it.</param>
    public static async Task<string> Of(
        DescribedModules modules,
        IReadOnlyList<EventContract> events,
        TestDatabase database,
        CancellationToken cancellationToken
    )
    {
        await database.ProvisionAndMigrate([.. modules.All.Select(module => module.Module)], cancellationToken);
        return new ModulesPage(modules, events, await DatabaseFacts.Read(database)).Write();
    }

    /// <summary>The diagrams of a page.</summary>
    public static IReadOnlyList<string> DiagramsOf(string page) =>
        [.. page.Split("```mermaid\n").Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)])];

    private string Write()
    {
        Line("# Modules");
        Line("");
        Prose(
            "Made from the code, and from a database that was provisioned and migrated for it, by "
                + $"`{PublishedContracts.Command}`; a test fails when it is out of date."
        );
        WriteGraph();
        WriteEvents();
        WriteDatabase();
        WriteSagas();
        return text.ToString();
    }

    private void WriteGraph()
    {
        EventGraph graph = new(modules);
        Heading("Who reacts to whom");
        Prose("An arrow goes from the module that publishes to the one that reacts.");
        Diagram(graph.Draw(modules.All.Select(module => module.Module.Assembly.GetName().Name!)));
        foreach (var circle in graph.Circles)
        {
            Line("");
            Prose(
                $"Thick arrows run in a circle: {string.Join(", ", circle)} can only be understood together. "
                    + "tests/ArchitectureTests declare it, and refuse any other."
            );
        }
    }

    private void WriteEvents()
    {
        EventGraph graph = new(modules);
        Heading("Events");
        Prose(
            "Their shapes are in [contracts](contracts/README.md); older versions are lifted to the newest when they "
                + "are read."
        );
        Table(
            ["Event", "Version", "Published by", "Reacted to by"],
            from contract in events
                .OrderBy(contract => contract.Module, StringComparer.Ordinal)
                .ThenBy(contract => contract.Name, StringComparer.Ordinal)
                .ThenBy(contract => contract.Version)
            where
                modules.All.Any(module =>
                    string.Equals(module.Module.Assembly.GetName().Name, contract.Module, StringComparison.Ordinal)
                )
            let newest = events
                .Where(other => string.Equals(other.Name, contract.Name, StringComparison.Ordinal))
                .Max(other => other.Version)
            let version = contract.Version.ToString(CultureInfo.InvariantCulture)
            let consumers = string.Join(", ", graph.ConsumersOf(contract.Module, contract.Name))
            select new[]
            {
                $"[{contract.Name}](contracts/{contract.Module}/{contract.Name}.{version}.schema.json)",
                contract.Version == newest
                    ? version
                    : string.Create(CultureInfo.InvariantCulture, $"{version}, read as {newest}"),
                contract.Module,
                consumers.Length > 0 ? consumers : "nobody here",
            }
        );
    }

    private void WriteDatabase()
    {
        RolesAndGrants database = new(facts, modules.All.Select(module => module.Name));
        Heading("Tables and owners");
        Prose(
            "Every module's schema also holds its event log, of the same owner: "
                + $"{string.Join(", ", database.Everywhere.Select(table => $"`{table}`"))}."
        );
        Table(["Schema", "Owner", "Tables"], database.TableRows());
        Heading("Roles");
        Prose(
            $"`{DatabaseFacts.Prefix}` is the installation's prefix. The owner migrates and is not known to the "
                + "running Host, which signs in as app."
        );
        Table(["Role", "Of", "Rights", "Member of", "Connections", "Settings"], database.RoleRows());
        Heading("Grants");
        Prose("Beside what owners may do with their own. Whatever is not here is refused.");
        Table(["Role", "Of", "May", "On"], database.GrantRows());
    }

    private void WriteSagas()
    {
        Heading("Sagas");
        Prose("A run is called off by a command of its module. An answer that comes too late changes nothing.");
        foreach (var module in modules.All)
        {
            foreach (var saga in module.Sagas)
            {
                Line("");
                Line($"### {saga.Name}, of {module.Module.Assembly.GetName().Name}");
                Diagram(SagaDiagram.Of(saga));
            }
        }
    }

    private void Heading(string heading)
    {
        Line("");
        Line($"## {heading}");
        Line("");
    }

    private void Diagram(string diagram)
    {
        Line("");
        Line("```mermaid");
        text.Append(diagram);
        Line("```");
    }

    private void Table(string[] heads, IEnumerable<string[]> rows)
    {
        Line("");
        Line($"| {string.Join(" | ", heads)} |");
        Line($"|{string.Concat(heads.Select(_ => " --- |"))}");
        foreach (var row in rows)
        {
            Line($"| {string.Join(" | ", row)} |");
        }
    }

    private void Prose(string words) => text.Append(Paragraph.Of(words));

    private void Line(string line) => text.Append(line).Append('\n');
}
