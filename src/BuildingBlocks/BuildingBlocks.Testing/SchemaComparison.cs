using BuildingBlocks.EventLog.Publishing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace BuildingBlocks.Testing;

/// <summary>Holds a migrated schema against the model that EF Core works with.</summary>
internal static class SchemaComparison
{
    // The event log reads and writes these without the DbContext.
    private static readonly HashSet<string> UnmappedTables = new(
        [
            "subscriptions",
            "outbox_consumers",
            "outbox_retention",
            "outbound_calls",
            "feed",
            "feed_pages",
            "feed_readers",
            "parked_events",
            "parked_event_actions",
            "migrations",
        ],
        StringComparer.Ordinal
    );

    public static async Task<IReadOnlyList<string>> Differences(ModuleDbContext db, TestSql sql)
    {
        var schema = db.Schema;
        var tables = (await Columns(sql, schema))
            .GroupBy(column => column.Table, StringComparer.Ordinal)
            .ToDictionary(
                table => table.Key,
                table => table.ToDictionary(column => column.Name, StringComparer.Ordinal),
                StringComparer.Ordinal
            );
        var model = db.GetService<IDesignTimeModel>()
            .Model.GetRelationalModel()
            .Tables.ToDictionary(table => table.Name, StringComparer.Ordinal);

        List<string> differences =
        [
            .. model
                .Keys.Except(tables.Keys, StringComparer.Ordinal)
                .Select(table =>
                    $"The model has a table {schema}.{table}, but no migration makes it: add one, or name the table "
                    + "differently in the configuration."
                ),
            .. tables
                .Keys.Except(model.Keys, StringComparer.Ordinal)
                .Except(UnmappedTables, StringComparer.Ordinal)
                .Select(table =>
                    $"The migrations make {schema}.{table}, but no entity is mapped to it: map one, or drop the table "
                    + "in a new migration."
                ),
            .. model
                .Values.Where(table => table.Schema is not null)
                .Select(table =>
                    $"The model maps {table.Name} to schema '{table.Schema}'; leave the schema out, the module's role "
                    + "finds its own tables and no others."
                ),
        ];
        foreach (var (name, table) in model)
        {
            if (tables.TryGetValue(name, out var columns))
            {
                differences.AddRange(Differences($"{schema}.{name}", table, columns));
            }
        }

        return differences;
    }

    private static IEnumerable<string> Differences(string table, ITable mapped, Dictionary<string, Column> columns)
    {
        foreach (
            var expected in mapped.Columns.Where(column =>
                !string.Equals(column.Name, "xmin", StringComparison.Ordinal)
            )
        )
        {
            if (!columns.TryGetValue(expected.Name, out var column))
            {
                yield return $"The model has {table}.{expected.Name} {expected.StoreType}, but no migration makes it.";
                continue;
            }

            if (!string.Equals(column.Type, expected.StoreType, StringComparison.Ordinal))
            {
                yield return $"{table}.{column.Name} is {column.Type} in the database but {expected.StoreType} in the "
                    + "model: "
                    + "change the type in a new migration, or say HasColumnType in the configuration.";
            }

            if (column.IsNullable != expected.IsNullable)
            {
                yield return $"{table}.{column.Name} {Nullability(column.IsNullable)} in the database but "
                    + $"{Nullability(expected.IsNullable)} in the model.";
            }
        }

        foreach (
            var column in columns.Values.Where(column =>
                mapped.FindColumn(column.Name) is null && !column.FillsItself && !column.IsNullable
            )
        )
        {
            yield return $"{table}.{column.Name} is unknown to the model and must be given a value, so nothing can be "
                + "inserted: map it, or give it a default.";
        }
    }

    private static string Nullability(bool isNullable) => isNullable ? "may be null" : "is not null";

    private static async Task<IEnumerable<Column>> Columns(TestSql sql, string schema)
    {
        var rows = await sql.Rows(
            """
            select c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), not a.attnotnull, a.atthasdef or a.attidentity <> ''
            from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = $1 and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
            """,
            schema
        );
        return rows.Select(row => new Column(
            (string)row[0]!,
            (string)row[1]!,
            (string)row[2]!,
            (bool)row[3]!,
            (bool)row[4]!
        ));
    }

    private sealed record Column(string Table, string Name, string Type, bool IsNullable, bool FillsItself);
}
