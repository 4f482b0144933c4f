using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.EventLog.Subscriptions;

/// <summary>An event as it stands in an outbox; the payload only when the subscription reacts to its type.</summary>
internal sealed record StoredEvent(long Position, EventContext Context, string? Payload);

/// <summary>
/// How far a subscription has come: everything visible in the checkpoint, and of an unfinished step to the target all
/// up to a position.
/// </summary>
internal sealed record Progress(string Checkpoint, string? Target, long Position)
{
    /// <summary>Before everything: no transaction is visible in it.</summary>
    public static Progress Beginning { get; } = new("1:1:", Target: null, Position: 0);

    /// <summary>
    /// Where to stop, because the number of lanes is to change there; null when nothing is to change.
    /// </summary>
    public string? Barrier { get; init; }

    /// <summary>All up to the barrier has been applied.</summary>
    public bool IsAtBarrier => Target is null && string.Equals(Checkpoint, Barrier, StringComparison.Ordinal);

    /// <summary>Once everything visible in a snapshot has been applied.</summary>
    public Progress FinishedAt(string snapshot) => this with { Checkpoint = snapshot, Target = null, Position = 0 };
}

/// <summary>
/// What was read next, what the progress is once it has been applied, and the target for progress within it.
/// </summary>
internal sealed record OutboxPage(IReadOnlyList<StoredEvent> Events, string Target, Progress Next)
{
    /// <summary>With this page all is applied that was committed when it was read.</summary>
    public bool ReachesHead { get; init; }
}

/// <summary>
/// Reads new events from a module's outbox, with that module's role. ADR 1 explains the form of the SQL.
/// </summary>
internal sealed class OutboxReader(
    NpgsqlDataSource source,
    string schema,
    string[] eventTypes,
    Lane lane,
    int mostEvents
)
{
    private const string Columns =
        "position, event_id, event_type, event_version, key, correlation_id, causation_id, trace_parent, occurred_at";

    // A lane passes over the keys of the others, so that it has to read more rows for as many events.
    private readonly int pageSize = mostEvents * lane.Count;

    // Each half walks the index on tx_id and stops at the limit, however long the history is. The outbox has no other
    // order by tx_id: which event comes first is decided by position, once everything in the step is at hand.
    private readonly string head = $"""
        with now as materialized (select pg_current_snapshot() as snapshot),
             fresh as materialized (
               (select {Columns}, case when event_type = any($2) and {lane.Holds} then payload end as payload from "{schema}".outbox
                where tx_id >= pg_snapshot_xmax($1::text::pg_snapshot) order by tx_id limit $3)
               union all
               (select {Columns}, case when event_type = any($2) and {lane.Holds} then payload end as payload from "{schema}".outbox
                where tx_id = any (array(select pg_snapshot_xip($1::text::pg_snapshot))) order by tx_id limit $3))
        select now.snapshot::text, fresh.* from now left join fresh on true order by fresh.position
        """;

    private readonly string lowest = $"""
        with fresh as materialized (
          select position, tx_id from "{schema}".outbox where tx_id >= pg_snapshot_xmax($1::text::pg_snapshot)
          union all
          select position, tx_id from "{schema}".outbox where tx_id = any (array(select pg_snapshot_xip($1::text::pg_snapshot))))
        select min(position) from fresh where pg_visible_in_snapshot(tx_id, $2::text::pg_snapshot)
        """;

    private readonly string page = $"""
        select $1::text, {Columns}, case when event_type = any($4) and {lane.Holds} then payload end as payload from "{schema}".outbox
        where position > $3 and pg_visible_in_snapshot(tx_id, $1::text::pg_snapshot) and not pg_visible_in_snapshot(tx_id, $2::text::pg_snapshot)
        order by position limit $5
        """;

    /// <summary>The next page after this progress; empty, with the same progress, when there is nothing new.</summary>
    public async Task<OutboxPage> ReadAsync(Progress progress, CancellationToken cancellationToken)
    {
        if (progress.IsAtBarrier)
        {
            return new([], progress.Checkpoint, progress);
        }

        var target = progress.Target ?? progress.Barrier;
        if (target is null)
        {
            // One more than a page tells whether the step is larger than a page, without reading all of it.
            await using var command = source.CreateCommand(head).With(progress.Checkpoint, eventTypes, pageSize + 1);
            var (events, snapshot) = await EventsAsync(command, cancellationToken);
            if (events.Count <= pageSize)
            {
                return new(events, snapshot, events.Count == 0 ? progress : progress.FinishedAt(snapshot))
                {
                    ReachesHead = true,
                };
            }

            target = snapshot;
        }

        if (progress.Target is null)
        {
            if (await FirstAsync(progress.Checkpoint, target, cancellationToken) is not { } first)
            {
                return new([], target, progress.FinishedAt(target));
            }

            progress = progress with { Target = target, Position = first - 1 };
        }

        return await ReadWithinStepAsync(progress, cancellationToken);
    }

    private async Task<OutboxPage> ReadWithinStepAsync(Progress progress, CancellationToken cancellationToken)
    {
        await using var command = source
            .CreateCommand(page)
            .With(progress.Target, progress.Checkpoint, progress.Position, eventTypes, pageSize);
        var (events, _) = await EventsAsync(command, cancellationToken);
        var next =
            events.Count < pageSize
                ? progress.FinishedAt(progress.Target!)
                : progress with
                {
                    Position = events[^1].Position,
                };
        return new(events, progress.Target!, next);
    }

    private async Task<long?> FirstAsync(string checkpoint, string target, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(lowest).With(checkpoint, target);
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }

    private async Task<(List<StoredEvent> Events, string Snapshot)> EventsAsync(
        NpgsqlCommand command,
        CancellationToken cancellationToken
    )
    {
        List<StoredEvent> events = [];
        var snapshot = "";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            snapshot = reader.GetString(0);
            if (!await reader.IsDBNullAsync(1, cancellationToken))
            {
                events.Add(
                    new(
                        reader.GetInt64(1),
                        EventRow.Context(reader, 2, schema),
                        reader.IsDBNull(10) ? null : reader.GetString(10)
                    )
                );
            }
        }

        return (events, snapshot);
    }
}
