using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.EventLog.Subscriptions;

/// <summary>
/// Looks into a module's schema, with one statement for all that wait for something there: whether anything has become
/// visible in the outbox since the last look, for the subscriptions, and whether a scheduled event or a retry is due.
/// It wakes them if so. Signals of their own only save them the wait; what no signal tells of, because another Host or
/// another program committed it, is found here. <see cref="LookAsync"/> is not thread-safe, the properties are.
/// </summary>
/// <param name="module">Its name.</param>
/// <param name="runsHere">Whether it runs in this Host; of others only the outbox may be read.</param>
/// <param name="schema">The module's pool.</param>
/// <param name="signals">What wakes the subscriptions.</param>
/// <param name="clock">For what is due.</param>
internal sealed class ModulePoller(
    string module,
    bool runsHere,
    NpgsqlDataSource schema,
    EventSignals signals,
    TimeProvider clock
)
{
    // Not "exists": planned once for any snapshot and any time, it would read a table from its start, because a third
    // of it might be what is looked for. The order leads into the index.
    internal static string LookInto(string module, bool runsHere) =>
        $"""
            select pg_current_snapshot()::text,
                   (select tx_id from "{module}".outbox where tx_id >= pg_snapshot_xmax($1::text::pg_snapshot) order by tx_id limit 1) is not null
                   or (select tx_id from "{module}".outbox where tx_id = any (array(select pg_snapshot_xip($1::text::pg_snapshot))) order by tx_id limit 1) is not null,
                   {(runsHere ? DueIn(module) : "$2::timestamptz is null")}
            """;

    private readonly string look = LookInto(module, runsHere);
    private string? seen;
    private long findings;
    private long quietAt;

    /// <summary>
    /// How often something new was found. A subscription that found nothing to do since this last grew is at the head.
    /// </summary>
    public long Findings => Volatile.Read(ref findings);

    /// <summary>When nothing new was found the last time, UTC; null before the first time.</summary>
    public DateTimeOffset? QuietAt =>
        Volatile.Read(ref quietAt) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Raised while a scheduled event or a retry is due.</summary>
    public Signal Due { get; } = new();

    /// <summary>Raised along with <see cref="Due"/>, for those who retry what calls out of the database.</summary>
    public Signal OutboundDue { get; } = new();

    public string Module => module;

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var at = clock.GetUtcNow();
        await using var command = schema.CreateCommand(look).With(seen ?? Progress.Beginning.Checkpoint, at);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (snapshot, isFresh, isDue) = (reader.GetString(0), reader.GetBoolean(1), reader.GetBoolean(2));
        if (isDue)
        {
            Due.Raise();
            OutboundDue.Raise();
        }

        if (isFresh || seen is null)
        {
            Interlocked.Increment(ref findings);
            signals.Wake(module, eventTypes: []);
        }
        else
        {
            Volatile.Write(ref quietAt, at.UtcTicks);
        }

        seen = snapshot;
    }

    private static string DueIn(string module) =>
        $"""
            (select due_at from "{module}".scheduled_events where due_at <= $2 order by due_at limit 1) is not null
                   or {new ParkedEventStore(module).IsDue("$2")}
            """;
}
