using System.Globalization;
using MigrateIn.Catalog;
using MigrateIn.Planning;
using Npgsql;
using Spectre.Console;

namespace MigrateIn;

/// <summary><c>mm-migrate plan</c>: reads a database and proposes who owns what. Changes nothing in it.</summary>
/// <param name="Sql">A folder with the application's statements, or null.</param>
/// <param name="Known">The ownership.yaml of a cut that people made, to compare with, or null.</param>
/// <param name="Into">The folder for ownership.yaml, crossings.txt and graph.svg.</param>
/// <param name="Overwrites">Whether an ownership.yaml that is there is replaced.</param>
internal sealed record PlanCommand(string Database, string? Sql, string? Known, string Into, bool Overwrites)
{
    /// <exception cref="RefusedException">Nothing was written, and why.</exception>
    /// <exception cref="NpgsqlException">The database cannot be read.</exception>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var ownershipPath = Path.Combine(Into, "ownership.yaml");
        if (File.Exists(ownershipPath) && !Overwrites)
        {
            throw new RefusedException($"{ownershipPath} is there and may be edited; --overwrite replaces it.");
        }

        var known = Known is null
            ? null
            : OwnershipFile.Read(Known, await File.ReadAllTextAsync(Known, cancellationToken));
        var (catalog, statements, absence) = await Survey.ReadAsync(Database, Sql, cancellationToken);
        var graph = TableGraph.Of(catalog, statements);
        var ownership = Proposal.Of(catalog, graph);
        var crossings = Crossings.Of(catalog, statements, ownership.Owners());

        Directory.CreateDirectory(Into);
        await File.WriteAllTextAsync(Path.Combine(Into, "crossings.txt"), Crossings.Text(crossings), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Into, "graph.svg"), Picture.Of(graph, ownership), cancellationToken);
        await File.WriteAllTextAsync(ownershipPath, OwnershipFile.Write(ownership, catalog), cancellationToken);
        Tell(output, catalog, ownership, crossings, absence);
        if (known is not null)
        {
            await output.WriteLineAsync(Compared(ownership, known));
        }
    }

    private void Tell(
        TextWriter output,
        LegacyCatalog catalog,
        Ownership ownership,
        IReadOnlyList<Crossing> crossings,
        string? absence
    )
    {
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output) });
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumns("context", "tables", "crossings", "which");
        foreach (var (context, tables) in ownership.Contexts.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            Row(context, tables);
        }

        Row(Ownership.ReferenceOwner, ownership.Reference);
        Row("undecided", [.. ownership.Undecided.Select(one => one.Table)]);
        console.Write(table);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{catalog.Tables.Count} tables, {catalog.ForeignKeys.Count} foreign keys, "
                    + $"{crossings.Count} crossings: {Kinds(crossings)}."
            )
        );
        foreach (var one in catalog.Tables.Where(one => one.Key.Count == 0))
        {
            output.WriteLine(
                $"{one.Name} has no key: its rows cannot be told apart, so they cannot be copied and followed."
            );
        }

        if (absence is not null)
        {
            output.WriteLine($"No statements were counted: {absence}.");
        }

        output.WriteLine($"Written to {Into}: ownership.yaml, crossings.txt, graph.svg.");

        void Row(string owner, IReadOnlyList<TableName> tables) =>
            table.AddRow(
                Markup.Escape(owner),
                tables.Count.ToString(CultureInfo.InvariantCulture),
                crossings
                    .Count(crossing => crossing.Owners.Contains(owner, StringComparer.Ordinal))
                    .ToString(CultureInfo.InvariantCulture),
                Markup.Escape(Shortened(tables))
            );
    }

    private static string Kinds(IReadOnlyList<Crossing> crossings) =>
        crossings.Count == 0
            ? "none"
            : string.Join(
                ", ",
                crossings
                    .GroupBy(crossing => crossing.Kind, StringComparer.Ordinal)
                    .OrderBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {group.Key}"))
            );

    private static string Shortened(IReadOnlyList<TableName> tables) =>
        tables.Count <= 8
            ? string.Join(", ", tables.Select(table => table.Name))
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{string.Join(", ", tables.Take(7).Select(table => table.Name))} and {tables.Count - 7} more"
            );

    /// <summary>Tables that both divisions give an owner are compared.</summary>
    private static string Compared(Ownership proposed, Ownership known)
    {
        var other = known.Owners();
        (string, string)[] pairs =
        [
            .. from one in proposed.Owners() where other.ContainsKey(one.Key) select (one.Value, other[one.Key]),
        ];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Adjusted Rand index against the known cut: {AdjustedRandIndex.Of(pairs):0.00} over {pairs.Length} tables."
        );
    }
}
