using System.Globalization;
using MigrateIn.Catalog;
using Npgsql;
using NpgsqlTypes;

namespace MigrateIn.Moving;

/// <summary>
/// Takes tables through their stages. Each step is one transaction that also writes down how far it came, so a process
/// that is killed goes on where it stood. Steps of one table exclude each other by its row in migrate_in.tables.
/// </summary>
internal sealed class Migration(NpgsqlDataSource connections, TextWriter output, TimeProvider clock)
{
    private const int ChunkRows = 5000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Makes schema migrate_in where it is not.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenConnectionAsync(cancellationToken);

        // Even "create index if not exists" waits for all who write to the queue, and has others wait behind it.
        if (await ValueAsync<bool>(connection, MigrationSchema.IsThere, cancellationToken))
        {
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, MigrationSchema.TakeTurn, cancellationToken);
        if (!await ValueAsync<bool>(connection, MigrationSchema.IsThere, cancellationToken))
        {
            await ExecuteAsync(connection, MigrationSchema.Create, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Does the next stage of a table: capture, then copy.</summary>
    /// <exception cref="RefusedException">There is no next stage, or the table cannot be locked.</exception>
    public async Task AdvanceAsync(MovedTable table, CancellationToken cancellationToken)
    {
        switch (await StageAsync(table.Source, cancellationToken))
        {
            case null:
                await WithLockAsync(
                    table.Source,
                    async (connection, stop) =>
                    {
                        await ExecuteAsync(connection, table.CreateTriggers, stop);
                        await ExecuteAsync(
                            connection,
                            """
                            insert into migrate_in.tables (name, target_schema, target_name, stage)
                            values ($1, $2, $3, 'capture')
                            """,
                            stop,
                            table.Source.ToString(),
                            table.Target.Schema,
                            table.Target.Name
                        );
                    },
                    cancellationToken
                );
                await output.WriteLineAsync($"{table.Source}: changes are captured.");
                break;
            case "capture":
                await StartCopyAsync(table, cancellationToken);
                await CopyAsync(table, cancellationToken);
                break;
            case "copy":
                await CopyAsync(table, cancellationToken);
                break;
            default:
                throw new RefusedException($"{table.Source} is followed; there is no further stage.");
        }
    }

    /// <summary>Undoes the last stage of a table.</summary>
    /// <exception cref="RefusedException">There is none, or the table cannot be locked.</exception>
    public async Task BackAsync(MovedTable table, CancellationToken cancellationToken)
    {
        if (await StageAsync(table.Source, cancellationToken) is not { } stage)
        {
            throw new RefusedException($"{table.Source} is in no stage.");
        }

        var name = table.Source.ToString();
        if (stage is "capture")
        {
            await WithLockAsync(
                table.Source,
                async (connection, stop) =>
                {
                    await ExecuteAsync(connection, table.DropTriggers, stop);
                    await ExecuteAsync(connection, "delete from migrate_in.tables where name = $1", stop, name);
                    await ExecuteAsync(connection, "delete from migrate_in.changes where tab = $1", stop, name);
                },
                cancellationToken
            );
            await output.WriteLineAsync($"{table.Source}: changes are no longer captured.");
            return;
        }

        await WithLockAsync(
            table.Target,
            async (connection, stop) =>
            {
                await ExecuteAsync(connection, table.DropTarget, stop);
                await ExecuteAsync(
                    connection,
                    """
                    update migrate_in.tables set stage = 'capture', checkpoint = null, copied_to = null, copied_rows = 0
                    where name = $1
                    """,
                    stop,
                    name
                );
            },
            cancellationToken
        );
        await output.WriteLineAsync($"{table.Source}: its copy {table.Target} is dropped; changes are still captured.");
    }

    /// <summary>Applies what was captured and committed so far.</summary>
    /// <returns>How many keys there were.</returns>
    /// <exception cref="RefusedException">The table is not followed.</exception>
    public async Task<int> FollowAsync(MovedTable table, CancellationToken cancellationToken)
    {
        var name = table.Source.ToString();
        await using var connection = await connections.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var checkpoint = await ValueAsync<string>(
            connection,
            "select checkpoint::text from migrate_in.tables where name = $1 and stage = 'follow' for update",
            cancellationToken,
            name
        );
        if (checkpoint is null)
        {
            throw new RefusedException($"{table.Source} is not followed.");
        }

        var now = await ValueAsync<string>(connection, "select pg_current_snapshot()::text", cancellationToken);
        List<string> keys = [];
        await using (
            var read = Command(
                connection,
                """
                select distinct key::text from migrate_in.changes
                where tab = $1 and not pg_visible_in_snapshot(tx_id, $2::pg_snapshot)
                  and pg_visible_in_snapshot(tx_id, $3::pg_snapshot)
                """,
                name,
                checkpoint,
                now!
            )
        )
        await using (var reader = await read.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                keys.Add(reader.GetString(0));
            }
        }

        if (keys.Remove(MovedTable.Truncated))
        {
            await ExecuteAsync(connection, table.DeleteAllGone, cancellationToken);
        }

        var batch = $"[{string.Join(',', keys)}]";
        await ExecuteAsync(connection, table.DeleteGone, cancellationToken, batch);
        await ExecuteAsync(connection, table.Upsert, cancellationToken, batch);
        await ExecuteAsync(
            connection,
            "update migrate_in.tables set checkpoint = $2::pg_snapshot where name = $1",
            cancellationToken,
            name,
            now!
        );
        await ExecuteAsync(
            connection,
            "delete from migrate_in.changes where tab = $1 and pg_visible_in_snapshot(tx_id, $2::pg_snapshot)",
            cancellationToken,
            name,
            now!
        );
        await transaction.CommitAsync(cancellationToken);
        return keys.Count;
    }

    /// <summary>How many rows of the copy differ, in one snapshot, that no captured change explains.</summary>
    /// <exception cref="RefusedException">The table is not followed.</exception>
    public async Task<long> DivergedAsync(MovedTable table, CancellationToken cancellationToken)
    {
        if (await StageAsync(table.Source, cancellationToken) is not "follow")
        {
            throw new RefusedException($"{table.Source} is not followed.");
        }

        await using var connection = await connections.OpenConnectionAsync(cancellationToken);
        return await ValueAsync<long>(connection, table.CountDiverged, cancellationToken, table.Source.ToString());
    }

    private async Task<string?> StageAsync(TableName source, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenConnectionAsync(cancellationToken);
        return await ValueAsync<string>(
            connection,
            "select stage from migrate_in.tables where name = $1",
            cancellationToken,
            source.ToString()
        );
    }

    /// <summary>
    /// The checkpoint is taken after the trigger was committed and before the first row is read, so whatever the copy
    /// does not see is captured.
    /// </summary>
    private Task StartCopyAsync(MovedTable table, CancellationToken cancellationToken) =>
        WithLockAsync(
            table.Source,
            async (connection, stop) =>
            {
                await ExecuteAsync(connection, table.CreateTarget, stop);
                await ExecuteAsync(
                    connection,
                    """
                    update migrate_in.tables set stage = 'copy', checkpoint = pg_current_snapshot()
                    where name = $1 and stage = 'capture'
                    """,
                    stop,
                    table.Source.ToString()
                );
            },
            cancellationToken
        );

    /// <summary>
    /// Nothing follows a table while it is copied, so a row that is deleted after its chunk was read is taken away when
    /// its change is applied; no row has to be locked against its deletion.
    /// </summary>
    private async Task CopyAsync(MovedTable table, CancellationToken cancellationToken)
    {
        var name = table.Source.ToString();
        for (var isOver = false; !isOver; )
        {
            await using var connection = await connections.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var state = Command(
                connection,
                "select copied_to::text from migrate_in.tables where name = $1 and stage = 'copy' for update",
                name
            );
            var last = await state.ExecuteScalarAsync(cancellationToken) switch
            {
                null => throw new RefusedException($"{table.Source} is no longer copied."),
                DBNull => null,
                var key => (string)key,
            };
            var (rows, copiedTo) = await CopyChunkAsync(connection, table, last, cancellationToken);
            isOver = rows < ChunkRows;
            await ExecuteAsync(
                connection,
                """
                update migrate_in.tables set copied_rows = copied_rows + $2::bigint,
                  copied_to = coalesce(nullif($3, '')::jsonb, copied_to), stage = $4
                where name = $1
                """,
                cancellationToken,
                name,
                rows.ToString(CultureInfo.InvariantCulture),
                copiedTo ?? "",
                isOver ? "follow" : "copy"
            );
            await transaction.CommitAsync(cancellationToken);
        }

        await output.WriteLineAsync($"{table.Source}: copied to {table.Target}, which now follows.");
    }

    private static async Task<(long Rows, string? CopiedTo)> CopyChunkAsync(
        NpgsqlConnection connection,
        MovedTable table,
        string? last,
        CancellationToken cancellationToken
    )
    {
        await using var copy = new NpgsqlCommand(table.CopyChunk(isFirst: last is null), connection);
        copy.Parameters.Add(new() { Value = ChunkRows });
        if (last is not null)
        {
            copy.Parameters.Add(new() { Value = last });
        }

        await using var reader = await copy.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetString(1));
    }

    /// <summary>
    /// Runs a transaction that may wait for a lock for half a second at a time, so that nobody who queues behind it
    /// waits longer, and tries again with jitter for a minute at most.
    /// </summary>
    private async Task WithLockAsync(
        TableName table,
        Func<NpgsqlConnection, CancellationToken, Task> work,
        CancellationToken cancellationToken
    )
    {
        var startedAt = clock.GetTimestamp();
        while (true)
        {
            await using var connection = await connections.OpenConnectionAsync(cancellationToken);
            try
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await ExecuteAsync(connection, "set local lock_timeout = '500ms'", cancellationToken);
                await work(connection, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return;
            }
            catch (PostgresException blocked) when (blocked.SqlState is PostgresErrorCodes.LockNotAvailable)
            {
                var blockers = await BlockersAsync(table, cancellationToken);
                if (clock.GetElapsedTime(startedAt) > Longest)
                {
                    throw new RefusedException(
                        $"{table} could not be locked within a minute; held by {blockers}.",
                        blocked
                    );
                }

                await output.WriteLineAsync($"{table} is held by {blockers}; trying again.");
                await Task.Delay(TimeSpan.FromMilliseconds(500 + Random.Shared.Next(1000)), clock, cancellationToken);
            }
        }
    }

    private async Task<string> BlockersAsync(TableName table, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenConnectionAsync(cancellationToken);
        return await ValueAsync<string>(
            connection,
            """
            select string_agg(distinct format('process %s (%s, %s, for %s)', a.pid, a.usename,
              coalesce(nullif(a.application_name, ''), 'no name'), date_trunc('second', clock_timestamp() - a.xact_start)), ', ')
            from pg_locks l join pg_stat_activity a on a.pid = l.pid
            join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
            where l.granted and n.nspname = $1 and c.relname = $2 and a.pid <> pg_backend_pid()
              and l.database = (select oid from pg_database where datname = current_database())
            """,
            cancellationToken,
            table.Schema,
            table.Name
        ) ?? "a transaction that has ended since";
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params string[] parameters)
    {
        NpgsqlCommand command = new(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter, NpgsqlDbType = NpgsqlDbType.Text });
        }

        return command;
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken,
        params string[] parameters
    )
    {
        await using var command = Command(connection, sql, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<T?> ValueAsync<T>(
        NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken,
        params string[] parameters
    )
    {
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteScalarAsync(cancellationToken) is T value ? value : default;
    }
}
