using System.Globalization;
using MigrateIn.Catalog;
using MigrateIn.Planning;
using Npgsql;

namespace MigrateIn;

/// <summary>
/// <c>mm-migrate check</c>: holds ownership.yaml against the database, and what crosses today against crossings.txt,
/// which may only shrink. Changes nothing in the database.
/// </summary>
/// <param name="Sql">A folder with the application's statements, or null.</param>
/// <param name="Folder">Where ownership.yaml and crossings.txt are.</param>
/// <param name="Accepts">Whether what crosses today becomes what may cross.</param>
internal sealed record CheckCommand(string Database, string? Sql, string Folder, bool Accepts)
{
    /// <exception cref="RefusedException">The gate is closed; the message names what has to be done.</exception>
    /// <exception cref="NpgsqlException">The database cannot be read.</exception>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Folder, "ownership.yaml");
        var ownership = OwnershipFile.Read(path, await File.ReadAllTextAsync(path, cancellationToken));
        var survey = await Survey.ReadAsync(Database, Sql, cancellationToken);
        if (Faults(ownership, survey.Catalog).ToArray() is { Length: > 0 } faults)
        {
            throw new RefusedException($"{path} does not fit the database:\n{string.Join('\n', faults)}");
        }

        var known = Path.Combine(Folder, "crossings.txt");
        var crossings = Crossings.Of(survey.Catalog, survey.Statements, ownership.Owners());
        if (Accepts)
        {
            await File.WriteAllTextAsync(known, Crossings.Text(crossings), cancellationToken);
            await output.WriteLineAsync(Invariant($"{crossings.Count} crossings are accepted in {known}."));
            return;
        }

        var before = (await File.ReadAllLinesAsync(known, cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var now = crossings.Select(crossing => crossing.ToString()).ToHashSet(StringComparer.Ordinal);
        var added = now.Except(before, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var gone = before.Except(now, StringComparer.Ordinal).Count();
        if (added.Length > 0)
        {
            throw new RefusedException(
                Invariant($"{added.Length} crossings are new; take them back, or accept them with --accept:\n")
                    + string.Join('\n', added)
            );
        }

        await output.WriteLineAsync(Invariant($"{now.Count} crossings, {gone} fewer than in {known}."));
    }

    private static IEnumerable<string> Faults(Ownership ownership, LegacyCatalog catalog)
    {
        var owners = ownership.Owners();
        var named = owners.Keys.Concat(ownership.Undecided.Select(one => one.Table)).ToHashSet();
        var there = catalog.Tables.Select(table => table.Name).ToHashSet();
        foreach (var table in there.Except(named).Order())
        {
            yield return $"{table} has no owner and does not stand under undecided";
        }

        foreach (var table in named.Except(there).Order())
        {
            yield return $"{table} is not in the database";
        }

        foreach (var table in catalog.Tables.Where(table => table.Root is not null))
        {
            if (
                !string.Equals(
                    owners.GetValueOrDefault(table.Name),
                    owners.GetValueOrDefault(table.Root!.Value),
                    StringComparison.Ordinal
                )
            )
            {
                yield return $"{table.Name} and {table.Root}, whose part it is, need one owner";
            }
        }

        var told = ownership.ForeignKeys.Select(key => (key.From, key.Name)).ToHashSet();
        foreach (var key in Crossings.Keys(catalog, owners).Where(key => !told.Contains((key.From, key.Name))))
        {
            yield return $"foreign_keys does not say what becomes of {key.Name} from {key.From} to {key.To}";
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
