using System.Globalization;
using System.Text.Json;
using MigrateIn.Catalog;
using MigrateIn.Planning;
using Npgsql;

namespace MigrateIn.Moving;

/// <summary>The verbs that copy a table and have the copy follow: advance, back, follow, verify, status.</summary>
/// <param name="Folder">Where ownership.yaml is.</param>
internal sealed record MoveCommands(string Database, string Folder)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public Task AdvanceAsync(string table, TextWriter output, CancellationToken cancellationToken) =>
        WithTableAsync(
            table,
            output,
            (migration, moved) => migration.AdvanceAsync(moved, cancellationToken),
            cancellationToken
        );

    public Task BackAsync(string table, TextWriter output, CancellationToken cancellationToken) =>
        WithTableAsync(
            table,
            output,
            (migration, moved) => migration.BackAsync(moved, cancellationToken),
            cancellationToken
        );

    /// <summary>Applies captured changes, once or until it is broken off.</summary>
    public Task FollowAsync(string table, bool isOnce, TextWriter output, CancellationToken cancellationToken) =>
        WithTableAsync(
            table,
            output,
            async (migration, moved) =>
            {
                while (true)
                {
                    var keys = await migration.FollowAsync(moved, cancellationToken);
                    if (isOnce)
                    {
                        await output.WriteLineAsync(
                            string.Create(CultureInfo.InvariantCulture, $"{moved.Source}: {keys} keys applied.")
                        );
                        return;
                    }

                    if (keys == 0)
                    {
                        await Task.Delay(Pause, TimeProvider.System, cancellationToken);
                    }
                }
            },
            cancellationToken
        );

    /// <exception cref="RefusedException">Rows differ.</exception>
    public Task VerifyAsync(string table, TextWriter output, CancellationToken cancellationToken) =>
        WithTableAsync(
            table,
            output,
            async (migration, moved) =>
            {
                var diverged = await migration.DivergedAsync(moved, cancellationToken);
                var result = string.Create(CultureInfo.InvariantCulture, $"{moved.Source}: {diverged} rows diverged.");
                if (diverged > 0)
                {
                    throw new RefusedException(result);
                }

                await output.WriteLineAsync(result);
            },
            cancellationToken
        );

    /// <summary>All tables in a stage, with rows copied and changes that wait.</summary>
    public async Task StatusAsync(bool isJson, TextWriter output, CancellationToken cancellationToken)
    {
        await using var connections = NpgsqlDataSource.Create(Database);
        await new Migration(connections, output, TimeProvider.System).PrepareAsync(cancellationToken);
        await using var command = connections.CreateCommand(
            """
            select t.name, t.target_schema, t.target_name, t.stage, t.copied_rows, count(c.position)
            from migrate_in.tables t left join migrate_in.changes c on c.tab = t.name
            group by t.name order by t.name collate "C"
            """
        );
        List<TableStatus> tables = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            tables.Add(
                new(
                    reader.GetString(0),
                    new TableName(reader.GetString(1), reader.GetString(2)).ToString(),
                    reader.GetString(3),
                    reader.GetInt64(4),
                    reader.GetInt64(5)
                )
            );
        }

        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(tables, JsonSerializerOptions.Web));
            return;
        }

        foreach (var one in tables)
        {
            await output.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{one.Table} -> {one.Target}: {one.Stage}, {one.CopiedRows} rows copied, "
                        + $"{one.Waiting} changes wait"
                )
            );
        }
    }

    private async Task WithTableAsync(
        string written,
        TextWriter output,
        Func<Migration, MovedTable, Task> work,
        CancellationToken cancellationToken
    )
    {
        var name = TableName.Parse(written) ?? throw new RefusedException($"'{written}' is no schema.table.");
        var path = Path.Combine(Folder, "ownership.yaml");
        var ownership = OwnershipFile.Read(path, await File.ReadAllTextAsync(path, cancellationToken));
        if (!ownership.Owners().TryGetValue(name, out var owner) || owner is Ownership.ReferenceOwner)
        {
            throw new RefusedException($"{path} names no context that owns {name}.");
        }

        // A policy that hides rows from this role is an error then; a copy must not lack them.
        NpgsqlConnectionStringBuilder settings = new(Database);
        settings.Options = $"{settings.Options} -c row_security=off".TrimStart();
        await using var connections = NpgsqlDataSource.Create(settings);
        var moved = await ReadAsync(connections, name, owner, cancellationToken);
        Migration migration = new(connections, output, TimeProvider.System);
        await migration.PrepareAsync(cancellationToken);
        await work(migration, moved);
    }

    private static async Task<MovedTable> ReadAsync(
        NpgsqlDataSource connections,
        TableName name,
        string owner,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await connections.OpenConnectionAsync(cancellationToken);
        var catalog = await CatalogReader.ReadAsync(connection, cancellationToken);
        var table = catalog.Tables.SingleOrDefault(one => one.Name == name)
            ?? throw new RefusedException($"There is no table {name}.");
        TableName target = new(owner, name.Name);
        var obstacle =
            table.Key.Count == 0 ? "it has no key, so its rows cannot be told apart"
            : table.Root is not null ? $"it is part of {table.Root}"
            : table.Notes.Contains("foreign table", StringComparer.Ordinal) ? "it is a foreign table"
            : !table.Notes.Contains("partitioned", StringComparer.Ordinal)
            && catalog.Tables.Any(one => one.Root == name)
                ? "child tables inherit from it"
            : target == name ? $"it stands in schema {owner} already"
            : null;
        if (obstacle is not null)
        {
            throw new RefusedException($"{name} cannot be copied and followed: {obstacle}.");
        }

        await using var command = new NpgsqlCommand(
            """
            select a.attname::text, format_type(a.atttypid, a.atttypmod) from pg_attribute a
            join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped order by a.attnum
            """,
            connection
        );
        command.Parameters.Add(new() { Value = name.Schema });
        command.Parameters.Add(new() { Value = name.Name });
        Dictionary<string, string> types = new(StringComparer.Ordinal);
        List<string> columns = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            columns.Add(reader.GetString(0));
            types[reader.GetString(0)] = reader.GetString(1);
        }

        return new(name, target, [.. table.Key.Select(column => (column, types[column]))], columns);
    }
}

/// <param name="Stage">capture, copy or follow.</param>
internal sealed record TableStatus(string Table, string Target, string Stage, long CopiedRows, long Waiting);
