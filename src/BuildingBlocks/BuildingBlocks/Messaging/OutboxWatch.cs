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
    private readonly string look = $"""
        select pg_current_snapshot()::text,
               exists (select 1 from "{source}".outbox where tx_id >= pg_snapshot_xmax($1::text::pg_snapshot))
               or exists (select 1 from "{source}".outbox where tx_id = any (array(select pg_snapshot_xip($1::text::pg_snapshot))))
        """;

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
            signals.Wake(source);
        }
        else
        {
            Volatile.Write(ref quietAt, at.UtcTicks);
        }

        seen = snapshot;
    }
}
