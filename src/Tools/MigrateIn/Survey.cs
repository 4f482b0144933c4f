using MigrateIn.Catalog;
using MigrateIn.Statements;
using Npgsql;

namespace MigrateIn;

/// <summary>All that is known of a database and of the statements it is used with.</summary>
/// <param name="Absence">Why the server counted no statements; null where it did.</param>
internal sealed record Survey(LegacyCatalog Catalog, IReadOnlyList<Statement> Statements, string? Absence)
{
    /// <param name="folder">A folder with the application's statements, or null.</param>
    /// <exception cref="RefusedException">There is no such folder.</exception>
    /// <exception cref="NpgsqlException">The database cannot be read.</exception>
    public static async Task<Survey> ReadAsync(string database, string? folder, CancellationToken cancellationToken)
    {
        if (folder is not null && !Directory.Exists(folder))
        {
            throw new RefusedException($"There is no folder {folder}.");
        }

        await using var connections = NpgsqlDataSource.Create(database);
        await using var connection = await connections.OpenConnectionAsync(cancellationToken);
        var catalog = await CatalogReader.ReadAsync(connection, cancellationToken);
        StatementReader reader = new(catalog);
        List<Statement> statements =
        [
            .. from view in catalog.Views
            where view.Uses.Count > 0
            select new Statement("view", view.Name.ToString(), 1, view.Uses, [], [], []),
            .. catalog.Routines.SelectMany(routine =>
                reader.Read("routine", routine.Name, routine.Body, calls: 1, isBody: true)
            ),
        ];
        var (counted, absence) = await StatementStatistics.ReadAsync(connection, cancellationToken);
        foreach (var (sql, calls) in counted ?? [])
        {
            statements.AddRange(reader.Read("statement", sql, sql, calls, isBody: false));
        }

        if (folder is not null)
        {
            statements.AddRange(await reader.FolderAsync(folder, cancellationToken));
        }

        return new(catalog, statements, absence);
    }
}
