using System.Globalization;
using System.Text.Json;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.EventLog.Parking;

/// <summary>A parked event that is due, locked until the transaction ends.</summary>
internal sealed record DueEvent(long Number, int Attempts, string Payload, EventContext Context, bool IsOfRebuild);

/// <summary>How many events a module has parked, how many of them are dead, and when the oldest was parked.</summary>
internal sealed record ParkedCount(int All, int Dead, DateTimeOffset? OldestAt);

/// <summary>
/// The parked events of a module as consumer and what operators have done about them: all SQL on <c>parked_events</c>
/// and <c>parked_event_actions</c>, run with connections of the module's app role.
/// </summary>
/// <param name="module">The consumer's name.</param>
internal sealed class ParkedEventStore(string module)
{
    private const int MostListed = 200;
    private const int MostBehind = 100;

    private const string Columns =
        "id, subscription, source, event_id, event_type, event_version, key, payload, status, attempts, error, "
        + "next_try_at, parked_at";

    private const string Matches = """
        ($1::text is null or subscription = $1) and ($2::text is null or source = $2) and ($3::text is null or event_type = $3)
        and ($4::text is null or key = $4) and ($5::text is null or status = $5) and ($6::text is null or strpos(error, $6) > 0)
        """;

    private readonly string parked = $"\"{module}\".parked_events";
    private readonly string actions = $"\"{module}\".parked_event_actions";

    /// <summary>SQL for the keys in an array that have parked events of a subscription.</summary>
    public string KeysAmong(string keys, string subscription, string source) =>
        $"array(select distinct key from {parked} where subscription = {subscription} and source = {source} and key = "
        + $"any ({keys}))";

    /// <summary>
    /// SQL for when the oldest event that a subscription has parked was written; null when it has parked none.
    /// </summary>
    public string OldestOf(string subscription, string source) =>
        $"(select min(occurred_at) from {parked} where subscription = {subscription} and source = {source})";

    /// <summary>SQL for whether a parked event is due at a time.</summary>
    public string IsDue(string at) =>
        $"(select next_try_at from {parked} where status = '{ParkedEventStatus.Waiting}' and next_try_at <= {at} "
        + "order by next_try_at limit 1) is not null";

    /// <summary>The id by which operators know a parked event of the module.</summary>
    public string IdOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{module}-{number}");

    /// <summary>Parks an event.</summary>
    /// <param name="connection">In the transaction that moves the subscription past the event.</param>
    /// <param name="subscription">The consumer group.</param>
    /// <param name="lane">Of the subscription.</param>
    /// <param name="position">Of the event in its outbox.</param>
    /// <param name="context">The event.</param>
    /// <param name="payload">As it was published.</param>
    /// <param name="error">Why it failed; null when it only waits behind another of its key.</param>
    /// <param name="attempts">How often it has been tried.</param>
    /// <param name="nextTryAt">When it is to be tried.</param>
    /// <param name="now">When it is parked.</param>
    /// <param name="cancellationToken">Cancels the operation; the transaction is to be rolled back then.</param>
    public async Task AddAsync(
        NpgsqlConnection connection,
        string subscription,
        short lane,
        long position,
        EventContext context,
        string payload,
        string? error,
        int attempts,
        DateTimeOffset nextTryAt,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await connection.ExecuteAsync(
            $"""
            insert into {parked} (subscription, source, lane, position, event_id, event_type, event_version, key, payload, correlation_id,
              causation_id, trace_parent, occurred_at, status, attempts, error, next_try_at, parked_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12, $13, '{ParkedEventStatus.Waiting}', $14, $15, $16, $17)
            """,
            cancellationToken,
            subscription,
            context.Source,
            lane,
            position,
            context.EventId,
            context.Type,
            context.Version,
            context.Key,
            payload,
            context.CorrelationId,
            context.CausationId,
            context.TraceParent,
            context.OccurredAt,
            attempts,
            error is null ? null : StorableText.Of(error),
            nextTryAt,
            now
        );
        EventLogDiagnostics.Parked.Add(1, EventLogDiagnostics.TagsOf(subscription, context.Source));
    }

    /// <summary>
    /// Locks the event that has been due for longest and is the first of its key, of a subscription that is not paused.
    /// </summary>
    /// <returns>Null when none is due, or other transactions hold all that are.</returns>
    public async Task<DueEvent?> LockDueAsync(
        NpgsqlConnection connection,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            $"""
            select id, attempts, payload, source, event_id, event_type, event_version, key, correlation_id, causation_id, trace_parent, occurred_at,
                   subscription = $2
            from {parked} due
            where status = '{ParkedEventStatus.Waiting}' and next_try_at <= $1 and not exists (
              select 1 from {parked} before
              where before.subscription = due.subscription and before.source = due.source and before.key = due.key and before.position < due.position)
              and not exists (
              select 1 from "{module}".subscriptions paused
              where paused.name = due.subscription and paused.source = due.source and paused.paused_at is not null)
              and subscription <> $3
            order by next_try_at limit 1 for update skip locked
            """,
            connection
        ).With(now, RebuildTables.ConsumerOf(module), OutboundReaction.ConsumerOf(module));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(
                reader.GetInt64(0),
                reader.GetInt32(1),
                reader.GetString(2),
                EventRow.Context(reader, 4, reader.GetString(3)),
                reader.GetBoolean(12)
            )
            : null;
    }

    /// <summary>
    /// Has this Host call out for the event that has been due for longest and is the first of its key, of an outbound
    /// subscription that is not paused: nobody else does before the time is up, and the try is counted whatever becomes
    /// of it.
    /// </summary>
    /// <returns>Null when there is none that nobody else calls out for.</returns>
    public async Task<DueEvent?> ClaimDueAsync(
        NpgsqlConnection connection,
        string eventType,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            $"""
            update {parked} claimed set attempts = attempts + 1, trying_until = $4
            where id = (
              select id from {parked} due
              where status = '{ParkedEventStatus.Waiting}' and next_try_at <= $1 and subscription = $2 and event_type = $3
                and (trying_until is null or trying_until <= $1)
                and not exists (
                  select 1 from {parked} before
                  where before.subscription = due.subscription and before.source = due.source and before.key = due.key and before.position < due.position)
                and not exists (
                  select 1 from "{module}".subscriptions paused
                  where paused.name = due.subscription and paused.source = due.source and paused.paused_at is not null)
              order by next_try_at limit 1 for update skip locked)
            returning id, attempts, payload, source, event_id, event_type, event_version, key, correlation_id, causation_id, trace_parent, occurred_at
            """,
            connection
        ).With(now, OutboundReaction.ConsumerOf(module), eventType, until);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(
                reader.GetInt64(0),
                reader.GetInt32(1),
                reader.GetString(2),
                EventRow.Context(reader, 4, reader.GetString(3)),
                IsOfRebuild: false
            )
            : null;
    }

    /// <summary>Takes away an event that was called out for.</summary>
    /// <param name="connection">In the transaction that saves what came of it.</param>
    /// <param name="claimed">As it was claimed.</param>
    /// <param name="cancellationToken">Cancels the operation; the transaction is to be rolled back then.</param>
    /// <returns>False when it has been claimed anew, or discarded.</returns>
    public async Task<bool> TryEndAsync(
        NpgsqlConnection connection,
        DueEvent claimed,
        CancellationToken cancellationToken
    ) =>
        await connection.ExecuteAsync(
            $"delete from {parked} where id = $1 and attempts = $2",
            cancellationToken,
            claimed.Number,
            claimed.Attempts
        ) > 0;

    /// <summary>Notes why a claimed event failed, and when it is to be tried again.</summary>
    /// <returns>False when it has been claimed anew, or discarded.</returns>
    public async Task<bool> TryNoteFailureAsync(
        NpgsqlConnection connection,
        DueEvent claimed,
        string error,
        DateTimeOffset nextTryAt,
        string status,
        CancellationToken cancellationToken
    ) =>
        await connection.ExecuteAsync(
            $"update {parked} set error = $3, next_try_at = $4, status = $5, trying_until = null where id = $1 and "
                + "attempts = $2",
            cancellationToken,
            claimed.Number,
            claimed.Attempts,
            StorableText.Of(error),
            nextTryAt,
            status
        ) > 0;

    /// <summary>Takes away an event that has been applied.</summary>
    public Task DeleteAsync(NpgsqlConnection connection, long number, CancellationToken cancellationToken) =>
        connection.ExecuteAsync($"delete from {parked} where id = $1", cancellationToken, number);

    /// <summary>Notes that an event has been tried and why that failed.</summary>
    public Task NoteAttemptAsync(
        NpgsqlConnection connection,
        long number,
        int attempts,
        string error,
        DateTimeOffset nextTryAt,
        string status,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            $"update {parked} set attempts = $2, error = $3, next_try_at = $4, status = $5 where id = $1",
            cancellationToken,
            number,
            attempts,
            StorableText.Of(error),
            nextTryAt,
            status
        );

    /// <summary>Whether a subscription has parked any of these events.</summary>
    public async Task<bool> HoldsAnyAsync(
        NpgsqlConnection connection,
        string subscription,
        string source,
        Guid[] eventIds,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            $"select exists (select 1 from {parked} where subscription = $1 and source = $2 and event_id = any ($3))",
            connection
        ).With(subscription, source, eventIds);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Counts what the module has parked.</summary>
    /// <param name="connection">Of the module.</param>
    /// <param name="subscription">Only of this consumer group; null for all.</param>
    /// <param name="source">Only of this module's events; null for all.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<ParkedCount> CountAsync(
        NpgsqlConnection connection,
        string? subscription,
        string? source,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            $"""
            select count(*)::integer, (count(*) filter (where status = '{ParkedEventStatus.Dead}'))::integer, min(parked_at) from {parked}
            where ($1::text is null or subscription = $1) and ($2::text is null or source = $2)
            """,
            connection
        ).With(subscription, source);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(
            reader.GetInt32(0),
            reader.GetInt32(1),
            reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2)
        );
    }

    /// <summary>The parked events that match, oldest first, up to 200.</summary>
    public async Task<IReadOnlyList<ParkedEvent>> ListAsync(
        NpgsqlConnection connection,
        ParkedEventFilter filter,
        CancellationToken cancellationToken
    )
    {
        List<ParkedEvent> all = [];
        await using var command = new NpgsqlCommand(
            $"select {Columns} from {parked} where {Matches} order by position limit {MostListed}",
            connection
        ).With(ValuesOf(filter));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            all.Add(Read(reader));
        }

        return all;
    }

    /// <summary>
    /// One parked event with its payload, its last error, the events that wait for it and what was done about it; null
    /// when there is none.
    /// </summary>
    public async Task<ParkedEventDetails?> FindAsync(
        NpgsqlConnection connection,
        long number,
        CancellationToken cancellationToken
    )
    {
        const string Neighbour =
            "other.subscription = this.subscription and other.source = this.source and other.key = this.key";
        await using var command = new NpgsqlCommand(
            $"""
            select {Columns}, correlation_id, causation_id, occurred_at,
              (select other.id from {parked} other where {Neighbour} and other.position < this.position order by other.position desc limit 1),
              array(select other.id from {parked} other where {Neighbour} and other.position > this.position order by other.position limit {MostBehind}),
              (select coalesce(json_agg(json_build_object('action', action, 'reason', reason, 'by', acted_by, 'at', acted_at) order by acted.id), '[]')::text
               from {actions} acted where acted.event_id = this.event_id and acted.subscription = this.subscription)
            from {parked} this where id = $1
            """,
            connection
        ).With(number);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new ParkedEventDetails(
                Read(reader),
                reader.GetString(13),
                reader.IsDBNull(14) ? null : reader.GetString(14),
                reader.GetFieldValue<DateTimeOffset>(15),
                reader.IsDBNull(16) ? null : IdOf(reader.GetInt64(16)),
                [.. reader.GetFieldValue<long[]>(17).Select(IdOf)],
                JsonSerializer.Deserialize<ParkedEventAction[]>(reader.GetString(18), EventSerializer.Options)!
            )
            : null;
    }

    /// <summary>Locks the events that match, oldest first.</summary>
    public async Task<long[]> LockMatchingAsync(
        NpgsqlConnection connection,
        ParkedEventFilter filter,
        int most,
        CancellationToken cancellationToken
    )
    {
        List<long> numbers = [];
        await using var command = new NpgsqlCommand(
            $"select id from {parked} where {Matches} order by position limit {most} for update",
            connection
        ).With(ValuesOf(filter));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            numbers.Add(reader.GetInt64(0));
        }

        return [.. numbers];
    }

    /// <summary>Notes what an operator is doing, with the rows as they are, which stay locked.</summary>
    /// <returns>How many of the events there are.</returns>
    public Task<int> AuditAsync(
        NpgsqlConnection connection,
        long[] numbers,
        string action,
        string? reason,
        string operatorId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            $"""
            with parked as (select * from {parked} where id = any ($1) order by position for update)
            insert into {actions} (event_id, subscription, source, action, reason, acted_by, acted_at, event)
            select event_id, subscription, source, $2, $3, $4, $5, to_jsonb(parked) from parked
            """,
            cancellationToken,
            (object)numbers,
            action,
            reason,
            operatorId,
            now
        );

    /// <summary>Has events tried one after the other, each so long after the one before, dead ones too.</summary>
    public Task RetryAsync(
        NpgsqlConnection connection,
        long[] numbers,
        DateTimeOffset firstAt,
        TimeSpan apart,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            $"""
            update {parked} retried set status = '{ParkedEventStatus.Waiting}', next_try_at = $2::timestamptz + (taken.number - 1) * $3::interval
            from unnest($1::bigint[]) with ordinality taken (id, number) where retried.id = taken.id
            """,
            cancellationToken,
            (object)numbers,
            firstAt,
            apart
        );

    /// <summary>Puts another payload in place of an event's, and has it tried.</summary>
    public Task EditAsync(
        NpgsqlConnection connection,
        long number,
        string payload,
        DateTimeOffset nextTryAt,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            $"update {parked} set status = '{ParkedEventStatus.Waiting}', next_try_at = $2, payload = $3::jsonb where "
                + "id = $1",
            cancellationToken,
            number,
            nextTryAt,
            payload
        );

    /// <summary>Takes events away for good.</summary>
    public Task DiscardAsync(NpgsqlConnection connection, long[] numbers, CancellationToken cancellationToken) =>
        connection.ExecuteAsync($"delete from {parked} where id = any ($1)", cancellationToken, (object)numbers);

    /// <summary>Takes away what a rebuild has parked.</summary>
    public Task ClearRebuildAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"delete from {parked} where subscription = $1",
            cancellationToken,
            RebuildTables.ConsumerOf(module)
        );

    /// <summary>
    /// How many events a rebuild could not apply that the live projection could: with them missing it would be worse
    /// than what it replaces.
    /// </summary>
    public async Task<long> CountOnlyInRebuildAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select count(*) from {parked} rebuilt where subscription = $2
              and not exists (select 1 from {parked} live where live.subscription = $1 and live.event_id = rebuilt.event_id)
              and not exists (select 1 from {actions} given_up
                              where given_up.subscription = $1 and given_up.action = 'discard' and given_up.event_id = rebuilt.event_id)
            """,
            connection
        ).With(module, RebuildTables.ConsumerOf(module));
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>
    /// Puts what a rebuild has parked in place of what the live projection has, but for what an operator has discarded.
    /// </summary>
    public Task SwapInRebuildAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var rebuild = RebuildTables.ConsumerOf(module);
        return connection.ExecuteAsync(
            $"""
            delete from {parked} where subscription = '{module}';
            delete from {parked} where subscription = '{rebuild}' and event_id in (
              select event_id from {actions} where subscription = '{module}' and action = 'discard');
            update {parked} set subscription = '{module}' where subscription = '{rebuild}';
            """,
            cancellationToken
        );
    }

    private static object?[] ValuesOf(ParkedEventFilter filter) => [.. filter.Parts.Select(part => part.Value)];

    private ParkedEvent Read(NpgsqlDataReader reader) =>
        new(
            IdOf(reader.GetInt64(0)),
            reader.GetString(1),
            reader.GetString(2),
            reader.GetGuid(3),
            reader.GetString(4),
            reader.GetInt16(5),
            reader.GetString(6),
            JsonElement.Parse(reader.GetString(7)),
            reader.GetString(8),
            reader.GetInt32(9),
            reader.IsDBNull(10) ? null : reader.GetString(10),
            reader.GetFieldValue<DateTimeOffset>(11),
            reader.GetFieldValue<DateTimeOffset>(12)
        );
}
