using BuildingBlocks.EventLog.Hosting;
using Npgsql;

namespace BuildingBlocks.EventLog.Maintenance;

/// <summary>
/// Transaction ids belong to one cluster. A database that was restored from a dump into another may hold ids that this
/// cluster has yet to give out: events that nobody could see, and checkpoints that take what is to come for what has
/// been applied.
/// </summary>
internal static class ClusterCheck
{
    /// <summary>Refuses to go on when an event or a checkpoint of the module lies in this cluster's future.</summary>
    /// <param name="module">Its name.</param>
    /// <param name="isShadow">Whether it runs elsewhere, so that there is nothing but its outbox.</param>
    /// <param name="connections">The module's pool.</param>
    /// <param name="cancellationToken">Cancels the operation; nothing is changed.</param>
    /// <exception cref="StartupException">Says what lies in the future and how it is repaired.</exception>
    /// <exception cref="NpgsqlException">The database cannot be used.</exception>
    public static async Task EnsureOfThisClusterAsync(
        string module,
        bool isShadow,
        NpgsqlDataSource connections,
        CancellationToken cancellationToken
    )
    {
        await using var command = connections.CreateCommand(NewestOf(module, isShadow));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (reader.GetBoolean(2))
        {
            throw new StartupException(
                $"The event log of module {module} comes from another PostgreSQL cluster, as after restoring a dump: "
                    + $"its newest transaction, {reader.GetString(0)}, lies in the "
                    + $"future of this one, which is at {reader.GetString(1)}. Events would be lost. Run 'dotnet run "
                    + "--project src/Host -- database repair-event-log' with "
                    + "ConnectionStrings:Postgres (administrator) set, while no Host runs, then start again."
            );
        }
    }

    /// <summary>
    /// One row: the newest transaction id that the module knows of, the next one of this cluster, and whether the first
    /// lies in the future.
    /// </summary>
    internal static string NewestOf(string module, bool isShadow) =>
        $"""
            with known as (
              (select tx_id as id, pg_snapshot_xmax(pg_current_snapshot()) <= tx_id as is_future from "{module}".outbox order by tx_id desc limit 1)
              {(isShadow ? "" : OfSubscriptions(module))}
              union all
              select pg_snapshot_xmax(snapshot), pg_snapshot_xmax(pg_current_snapshot()) < pg_snapshot_xmax(snapshot) from "{module}".outbox_consumers cross join unnest(checkpoints) snapshot)
            select coalesce(max(id), '0'::xid8)::text, pg_snapshot_xmax(pg_current_snapshot())::text, coalesce(bool_or(is_future), false) from known
            """;

    private static string OfSubscriptions(string module) =>
        $"""
            union all
              select pg_snapshot_xmax(snapshot), pg_snapshot_xmax(pg_current_snapshot()) < pg_snapshot_xmax(snapshot)
              from "{module}".subscriptions cross join unnest(array[checkpoint, target, barrier, called]) snapshot where snapshot is not null
            """;
}
