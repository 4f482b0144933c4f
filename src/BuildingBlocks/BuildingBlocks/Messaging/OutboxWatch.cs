using BuildingBlocks.Persistence;
using Npgsql;

namespace BuildingBlocks.Messaging;

/// <summary>
/// Looks, with one statement for all subscriptions of a source, whether anything has become visible in its outbox since the last look, and wakes
/// them if so. Their own signals only save them the wait; what no signal tells of, because another Host or another program committed it, is
/// found here. <see cref="LookAsync"/> is not thread-safe, the properties are.
/// </summary>
internal sealed class OutboxWatch(string source, NpgsqlDataSource outbox, EventSignals signals, TimeProvider clock)
{
    // Not "exists": planned once for any snapshot, it would read the table from its start, because a third of it might be new. The order leads into the index.
    internal static string LookInto(string source) => $"""
        select pg_current_snapshot()::text,
               (select tx_id from "{source}".outbox where tx_id >= pg_snapshot_xmax($1::text::pg_snapshot) order by tx_id limit 1) is not null
               or (select tx_id from "{source}".outbox where tx_id = any (array(select pg_snapshot_xip($1::text::pg_snapshot))) order by tx_id limit 1) is not null
        """;

    private readonly string look = LookInto(source);
    private string? seen;
    private long findings;
    private long quietAt;

    /// <summary>How often something new was found. A subscription that found nothing to do since this last grew is at the head.</summary>
    public long Findings => Volatile.Read(ref findings);

    /// <summary>When nothing new was found the last time, UTC; null before the first time.</summary>
    public DateTimeOffset? QuietAt => Volatile.Read(ref quietAt) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public string Source => source;

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var at = clock.GetUtcNow();
        await using var command = outbox.CreateCommand(look).With(seen ?? Progress.Beginning.Checkpoint);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (snapshot, isFresh) = (reader.GetString(0), reader.GetBoolean(1));
        if (isFresh || seen is null)
        {
            Interlocked.Increment(ref findings);
            signals.Wake(source, eventTypes: []);
        }
        else
        {
            Volatile.Write(ref quietAt, at.UtcTicks);
        }

        seen = snapshot;
    }
}
