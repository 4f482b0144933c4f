using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.EventLog.Subscriptions;

/// <summary>What an outbox holds beyond a reader's progress.</summary>
internal static class PendingEvents
{
    private const int MostCounted = 10_000;

    /// <returns>How many there are, at most 10,000 or what one step was found to hold, and when the oldest of them was
    /// written.</returns>
    public static async Task<(int Count, DateTimeOffset? OldestAt)> CountAsync(
        NpgsqlDataSource outbox,
        string source,
        Progress progress,
        CancellationToken cancellationToken
    )
    {
        await using var command = outbox
            .CreateCommand(
                $"""
                with pending as materialized (
                  (select occurred_at, position, tx_id from "{source}".outbox
                   where tx_id >= pg_snapshot_xmax($1::text::pg_snapshot) order by tx_id limit {MostCounted})
                  union all
                  (select occurred_at, position, tx_id from "{source}".outbox
                   where tx_id = any (array(select pg_snapshot_xip($1::text::pg_snapshot)))))
                select count(*)::integer, min(occurred_at) from pending
                where not ($2::text is not null and pg_visible_in_snapshot(tx_id, $2::text::pg_snapshot) and position <= $3)
                """
            )
            .With(progress.Checkpoint, progress.Target, progress.Position);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1));
    }
}
