using System.Globalization;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.EventLog.Maintenance;

/// <summary>
/// Makes event logs that were restored into another cluster fit for it. Old transaction ids matter only by which
/// checkpoints they are visible in, so all that no checkpoint tells apart become one, and the few that are left get the
/// lowest ids there are, which lie in every cluster's past. What a consumer had applied it still has, and what it had
/// not it will read; no event changes but for its transaction id.
/// </summary>
public static class EventLogRepair
{
    /// <summary>The first id that PostgreSQL gives to a transaction; those below have a meaning of their own.</summary>
    private const long FirstId = 3;

    /// <summary>More than were given out between a backup and the loss of what came after it.</summary>
    private const long LostPositions = 1_000_000_000;

    /// <summary>
    /// Repairs the logs of all modules in one transaction; does nothing when no id lies in the future.
    /// </summary>
    /// <param name="administrator">Signs in as a superuser of the database, while no Host runs.</param>
    /// <param name="modules">All modules that have a schema in this database.</param>
    /// <param name="shadows">The modules that run elsewhere and whose shadow this database holds.</param>
    /// <param name="cancellationToken">Stops; nothing has changed then.</param>
    /// <returns>The modules whose logs were repaired, with how many events each has.</returns>
    /// <exception cref="StartupException">The server cannot be used, or a Host still runs and holds what must be
    /// changed for longer than 10 s.</exception>
    public static async Task<IReadOnlyDictionary<string, long>> RepairAsync(
        string administrator,
        IReadOnlyList<string> modules,
        IReadOnlyList<string> shadows,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await OpenAsync(
            new(administrator) { Pooling = false, CommandTimeout = 0 },
            cancellationToken
        );
        Dictionary<string, long> repaired = new(StringComparer.Ordinal);
        string[] outboxes = [.. modules, .. shadows];
        if (
            !await AnyIsOfAnotherClusterAsync(connection, modules, isShadow: false, cancellationToken)
            && !await AnyIsOfAnotherClusterAsync(connection, shadows, isShadow: true, cancellationToken)
        )
        {
            return repaired;
        }

        await MakeRoomAsync(connection, outboxes, modules, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync("set local lock_timeout = '10s'", cancellationToken);
        foreach (var module in outboxes)
        {
            var others = modules.Contains(module, StringComparer.Ordinal)
                ? $"""
                    , "{module}".subscriptions, "{module}".feed, "{module}".feed_pages
                    """
                : "";
            try
            {
                await connection.ExecuteAsync(
                    $"""lock table "{module}".outbox, "{module}".outbox_consumers{others} in exclusive mode""",
                    cancellationToken
                );
            }
            catch (PostgresException busy)
                when (string.Equals(busy.SqlState, PostgresErrorCodes.LockNotAvailable, StringComparison.Ordinal))
            {
                throw new StartupException(
                    $"Somebody uses the event log of module {module}. Stop all Hosts, then repair it again; nothing "
                        + "has changed.",
                    busy
                );
            }
        }

        foreach (var source in outboxes)
        {
            var boundaries = await BoundariesAsync(connection, source, modules, cancellationToken);
            if (modules.Contains(source, StringComparer.Ordinal))
            {
                await BeginEpochAsync(connection, source, boundaries, cancellationToken);
            }

            foreach (var module in modules)
            {
                foreach (var column in new[] { "checkpoint", "target", "barrier", "called" })
                {
                    await connection.ExecuteAsync(
                        $"""update "{module}".subscriptions set {column} = {Moved($"{column}")} where source = $2 and {column} is not null""",
                        cancellationToken,
                        boundaries,
                        source
                    );
                }
            }

            await connection.ExecuteAsync(
                $"""update "{source}".outbox_consumers set checkpoints = array(select {Moved("snapshot")} from unnest(checkpoints) with ordinality one (snapshot, lane) order by lane)""",
                cancellationToken,
                boundaries
            );
            repaired[source] = await connection.ExecuteAsync(
                $"""update "{source}".outbox set tx_id = {MovedId("tx_id")}""",
                cancellationToken,
                boundaries
            );
        }

        await transaction.CommitAsync(cancellationToken);
        return repaired;
    }

    /// <summary>
    /// Moves a module's feed along and gives it another epoch, where it has one: those who read it elsewhere may have
    /// read on beyond the backup. The outbox goes on at positions that none of the lost events can have had.
    /// </summary>
    private static async Task BeginEpochAsync(
        NpgsqlConnection connection,
        string source,
        decimal[] boundaries,
        CancellationToken cancellationToken
    )
    {
        var fed = await connection.ExecuteAsync(
            $"""update "{source}".feed set epoch = gen_random_uuid(), checkpoint = {Moved("checkpoint")}, target = case when target is not null then {Moved("target")} end""",
            cancellationToken,
            boundaries
        );
        if (fed == 0)
        {
            return;
        }

        await connection.ExecuteAsync(
            $"""update "{source}".feed_pages set checkpoint = {Moved("checkpoint")}, target = {Moved("target")}""",
            cancellationToken,
            boundaries
        );
        await connection.ExecuteAsync(
            $"""
            select setval(pg_get_serial_sequence('"{source}".outbox', 'position'), last_value + {LostPositions}) from "{source}".outbox_position_seq
            """,
            cancellationToken
        );
    }

    private static async Task<NpgsqlConnection> OpenAsync(
        NpgsqlConnectionStringBuilder target,
        CancellationToken cancellationToken
    )
    {
        NpgsqlConnection connection = new(target.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch (NpgsqlException failure)
        {
            await connection.DisposeAsync();
            throw ConnectionFault.Explain(failure, "ConnectionStrings:Postgres", target);
        }
    }

    private static async Task<bool> AnyIsOfAnotherClusterAsync(
        NpgsqlConnection connection,
        IEnumerable<string> modules,
        bool isShadow,
        CancellationToken cancellationToken
    )
    {
        foreach (var module in modules)
        {
            await using NpgsqlCommand command = new(ClusterCheck.NewestOf(module, isShadow), connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            if (reader.GetBoolean(2))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Lets the cluster give out as many ids as are needed, if it is so young that it has not.</summary>
    private static async Task MakeRoomAsync(
        NpgsqlConnection connection,
        IReadOnlyList<string> outboxes,
        IReadOnlyList<string> modules,
        CancellationToken cancellationToken
    )
    {
        var most = 0;
        foreach (var source in outboxes)
        {
            most = Math.Max(most, (await BoundariesAsync(connection, source, modules, cancellationToken)).Length);
        }

        for (var next = 0L; next <= FirstId + most; )
        {
            await using NpgsqlCommand command = new("select pg_current_xact_id()::text", connection);
            next = long.Parse(
                (string)(await command.ExecuteScalarAsync(cancellationToken))!,
                CultureInfo.InvariantCulture
            );
        }
    }

    /// <summary>The ids at which what a checkpoint of this source sees changes, lowest first.</summary>
    private static async Task<decimal[]> BoundariesAsync(
        NpgsqlConnection connection,
        string source,
        IReadOnlyList<string> modules,
        CancellationToken cancellationToken
    )
    {
        string[] feeds = modules.Contains(source, StringComparer.Ordinal)
            ?
            [
                $"""select snapshot from "{source}".feed cross join unnest(array[checkpoint, target]) snapshot where snapshot is not null""",
                $"""select snapshot from "{source}".feed_pages cross join unnest(array[checkpoint, target]) snapshot""",
            ]
            : [];
        var snapshots = string.Join(
            " union all ",
            modules
                .Select(module =>
                    $"""select snapshot from "{module}".subscriptions cross join unnest(array[checkpoint, target, barrier, called]) snapshot where source = $1 and snapshot is not null"""
                )
                .Append($"""select snapshot from "{source}".outbox_consumers cross join unnest(checkpoints) snapshot""")
                .Concat(feeds)
        );
        await using var command = new NpgsqlCommand(
            $"""
            with snapshots as ({snapshots}), flying as (select id::text::numeric as id from snapshots cross join pg_snapshot_xip(snapshot) id)
            select array(
              select pg_snapshot_xmin(snapshot)::text::numeric from snapshots union select pg_snapshot_xmax(snapshot)::text::numeric from snapshots
              union select id from flying union select id + 1 from flying order by 1)
            """,
            connection
        ).With(source);
        return (decimal[])(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>
    /// SQL for the new id: how many boundaries lie at or below the old one. It keeps every order that a boundary makes.
    /// </summary>
    private static string MovedId(string id) =>
        $"({FirstId} + width_bucket({id}::text::numeric, $1::numeric[]))::text::xid8";

    private static string Moved(string snapshot) =>
        $"({MovedId($"pg_snapshot_xmin({snapshot})")}::text || ':' || "
        + $"{MovedId($"pg_snapshot_xmax({snapshot})")}::text || ':' || "
        + $"coalesce((select string_agg({MovedId("id")}::text, ',' order by id) from pg_snapshot_xip({snapshot}) id), "
        + "''))::pg_snapshot";
}
