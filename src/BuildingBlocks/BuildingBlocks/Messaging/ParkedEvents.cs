using System.Globalization;
using System.Text.Json;
using BuildingBlocks.Application;
using BuildingBlocks.Modules;
using BuildingBlocks.Persistence;
using Npgsql;

namespace BuildingBlocks.Messaging;

/// <summary>An event that its consumer could not apply, or that waits behind one of its key.</summary>
/// <param name="Id">The consuming module's name and a number, such as <c>orders-17</c>.</param>
/// <param name="Subscription">The consumer group.</param>
/// <param name="Source">The module that published it.</param>
/// <param name="EventId">Its id in the source's outbox.</param>
/// <param name="EventType">Wire name.</param>
/// <param name="EventVersion">Of the payload.</param>
/// <param name="Key">Later events with this key wait behind it.</param>
/// <param name="Payload">As it is tried next; what <see cref="ParkedEvents.EditAsync"/> takes.</param>
/// <param name="Status">waiting or dead.</param>
/// <param name="Attempts">0 when it has never been tried and only waits behind another.</param>
/// <param name="Error">Of the last attempt.</param>
/// <param name="NextTryAt">UTC.</param>
/// <param name="ParkedAt">UTC.</param>
public sealed record ParkedEvent(
    string Id,
    string Subscription,
    string Source,
    Guid EventId,
    string EventType,
    short EventVersion,
    string Key,
    JsonElement Payload,
    string Status,
    int Attempts,
    string? Error,
    DateTimeOffset NextTryAt,
    DateTimeOffset ParkedAt);

/// <summary>A parked event with what is known around it.</summary>
/// <param name="Event">The event.</param>
/// <param name="CorrelationId">Of everything that the same request caused.</param>
/// <param name="CausationId">The event that caused this one, or null.</param>
/// <param name="OccurredAt">When it was written, UTC.</param>
/// <param name="Before">The parked event that it waits for; null when it is the first of its key.</param>
/// <param name="Behind">The events that wait for it, in their order, up to 100.</param>
/// <param name="Actions">What operators have done about it, oldest first.</param>
public sealed record ParkedEventDetails(
    ParkedEvent Event, string CorrelationId, string? CausationId, DateTimeOffset OccurredAt, string? Before, IReadOnlyList<string> Behind, IReadOnlyList<ParkedEventAction> Actions);

/// <summary>What an operator has done about a parked event.</summary>
/// <param name="Action">retry, edit or discard.</param>
/// <param name="Reason">Theirs; null for a retry.</param>
/// <param name="By">The operator.</param>
/// <param name="At">UTC.</param>
public sealed record ParkedEventAction(string Action, string? Reason, string By, DateTimeOffset At);

/// <summary>What was done to many parked events at once.</summary>
/// <param name="Count">How many.</param>
/// <param name="Until">When the last of them is due to be tried, UTC; for a discard the present time.</param>
/// <param name="More">Whether more match than one call takes; call again for them.</param>
public sealed record ParkedEventsTaken(int Count, DateTimeOffset Until, bool More);

/// <summary>What an operator can do about parked events. Every action is audited in the consuming module's schema.</summary>
internal sealed class ParkedEvents(ModuleCatalog catalog, ModuleDataSources sources, TimeProvider clock)
{
    private const int MostListed = 200;
    private const int MostBehind = 100;

    /// <summary>How many events one call takes at most.</summary>
    public const int MostAtOnce = 1_000;

    /// <summary>How many events may be tried a second.</summary>
    public const int FastestRetry = 100;

    private const string Columns = "id, subscription, source, event_id, event_type, event_version, key, payload, status, attempts, error, next_try_at, parked_at";

    /// <summary>The parked events of all modules in this Host, each module's oldest first, up to 200 a module.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Result<IReadOnlyList<ParkedEvent>>> ListAsync(ParkedEventFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Fault() is { } fault)
        {
            return fault;
        }

        List<ParkedEvent> all = [];
        foreach (var module in catalog.Descriptors.Select(module => module.Name))
        {
            await using var command = sources.Of(module)
                .CreateCommand($"""select {Columns} from "{module}".parked_events where {ParkedEventFilter.Sql} order by position limit {MostListed}""").With(filter.Values);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                all.Add(Read(module, reader));
            }
        }

        return all;
    }

    /// <summary>One parked event with its payload, its last error, who waits for it and what was done about it.</summary>
    /// <param name="id">As listed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Result<ParkedEventDetails>> InspectAsync(string id, CancellationToken cancellationToken)
    {
        if (Find(id) is not { } found)
        {
            return Unknown(id);
        }

        var parked = $"\"{found.Module}\".parked_events";
        await using var command = sources.Of(found.Module).CreateCommand($"""
            select {Columns}, correlation_id, causation_id, occurred_at,
              (select max(before.id) from {parked} before where before.subscription = this.subscription and before.source = this.source and before.key = this.key
                 and before.position = (select max(position) from {parked} b where b.subscription = this.subscription and b.source = this.source and b.key = this.key and b.position < this.position)),
              array(select behind.id from {parked} behind where behind.subscription = this.subscription and behind.source = this.source and behind.key = this.key
                 and behind.position > this.position order by behind.position limit {MostBehind}),
              (select coalesce(json_agg(json_build_object('action', action, 'reason', reason, 'by', acted_by, 'at', acted_at) order by acted.id), '[]')::text
               from "{found.Module}".parked_event_actions acted where acted.event_id = this.event_id and acted.subscription = this.subscription)
            from {parked} this where id = $1
            """).With(found.Number);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new ParkedEventDetails(
                Read(found.Module, reader),
                reader.GetString(13),
                reader.IsDBNull(14) ? null : reader.GetString(14),
                reader.GetFieldValue<DateTimeOffset>(15),
                reader.IsDBNull(16) ? null : IdOf(found.Module, reader.GetInt64(16)),
                [.. reader.GetFieldValue<long[]>(17).Select(number => IdOf(found.Module, number))],
                JsonSerializer.Deserialize<ParkedEventAction[]>(reader.GetString(18), EventSerializer.Options)!)
            : Unknown(id);
    }

    /// <summary>
    /// Puts another payload in place of one that cannot be applied, and has it tried at once. The outbox keeps what was published. It is checked more
    /// strictly than what is read from the log: nobody but its consumer would notice a slip.
    /// </summary>
    /// <param name="id">As listed.</param>
    /// <param name="payload">The event as its type and version has it, with the key that it had.</param>
    /// <param name="reason">For the audit; 1 to 500 characters.</param>
    /// <param name="operatorId">Who asks for it.</param>
    /// <param name="cancellationToken">Cancels the operation; nothing is changed.</param>
    public async Task<Result> EditAsync(string id, JsonElement payload, string? reason, string operatorId, CancellationToken cancellationToken)
    {
        if (MissingReason(reason, "edited") is { } missing)
        {
            return missing;
        }

        if ((await InspectAsync(id, cancellationToken)).Failed(out var refusal, out var parked))
        {
            return refusal;
        }

        return Fault(parked.Event, payload) is { } fault
            ? fault
            : await ActAsync(
                id,
                "edit",
                reason,
                operatorId,
                module => $"""update "{module}".parked_events set status = 'waiting', next_try_at = $2, payload = $3::jsonb where id = $1""",
                cancellationToken,
                payload.GetRawText());
    }

    /// <summary>Has many events tried again, each key's first one first, no more than so many a second.</summary>
    /// <param name="filter">Which; at least one of its parts is given.</param>
    /// <param name="perSecond">1 to 100.</param>
    /// <param name="operatorId">Who asks for it.</param>
    /// <param name="cancellationToken">Gives up; nothing has changed in the module at work then.</param>
    public Task<Result<ParkedEventsTaken>> RetryAllAsync(ParkedEventFilter filter, int perSecond, string operatorId, CancellationToken cancellationToken) =>
        perSecond is < 1 or > FastestRetry
            ? Task.FromResult<Result<ParkedEventsTaken>>(Error.Invalid("operations.bad-rate", $"Events are tried at 1 to {FastestRetry} a second.").At("perSecond"))
            : ActOnAllAsync(
                filter,
                "retry",
                reason: null,
                operatorId,
                (module, already) => $"""
                    update "{module}".parked_events parked set status = 'waiting', next_try_at = $2 + (taken.number + {already}) * interval '1 second' / {perSecond}
                    from unnest($1::bigint[]) with ordinality taken (id, number) where parked.id = taken.id
                    """,
                count => TimeSpan.FromSeconds((double)count / perSecond),
                cancellationToken);

    /// <summary>Takes many events away for good.</summary>
    /// <param name="filter">Which; at least one of its parts is given.</param>
    /// <param name="reason">For the audit; 1 to 500 characters.</param>
    /// <param name="operatorId">Who asks for it.</param>
    /// <param name="cancellationToken">Gives up; nothing has changed in the module at work then.</param>
    public Task<Result<ParkedEventsTaken>> DiscardAllAsync(ParkedEventFilter filter, string? reason, string operatorId, CancellationToken cancellationToken) =>
        MissingReason(reason, "discarded") is { } missing
            ? Task.FromResult<Result<ParkedEventsTaken>>(missing)
            : ActOnAllAsync(
                filter, "discard", reason, operatorId, (module, _) => $"""delete from "{module}".parked_events where id = any ($1) and $2::timestamptz is not null""", _ => TimeSpan.Zero, cancellationToken);

    /// <summary>Has an event tried again at once, also a dead one.</summary>
    /// <param name="id">As listed.</param>
    /// <param name="operatorId">Who asks for it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Result> RetryAsync(string id, string operatorId, CancellationToken cancellationToken) => ActAsync(
        id,
        "retry",
        reason: null,
        operatorId,
        module => $"""update "{module}".parked_events set status = 'waiting', next_try_at = $2 where id = $1""",
        cancellationToken);

    /// <summary>Takes an event away for good: its consumer will never apply it, and its key goes on.</summary>
    /// <param name="id">As listed.</param>
    /// <param name="reason">For the audit; 1 to 500 characters.</param>
    /// <param name="operatorId">Who asks for it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Result> DiscardAsync(string id, string? reason, string operatorId, CancellationToken cancellationToken) =>
        MissingReason(reason, "discarded") is { } missing
            ? missing
            : await ActAsync(id, "discard", reason, operatorId, module => $"""delete from "{module}".parked_events where id = $1""", cancellationToken);

    private async Task<Result> ActAsync(
        string id, string action, string? reason, string operatorId, Func<string, string> sql, CancellationToken cancellationToken, params object[] values)
    {
        if (Find(id) is not { } found)
        {
            return Unknown(id);
        }

        var now = clock.GetUtcNow();
        await using var connection = await sources.Of(found.Module).OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await AuditAsync(connection, found.Module, [found.Number], action, reason, operatorId, now, cancellationToken) == 0)
        {
            return Unknown(id);
        }

        await using var act = new NpgsqlCommand(sql(found.Module), connection).With(found.Number, now).With(values);
        await act.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Result.Done;
    }

    private async Task<Result<ParkedEventsTaken>> ActOnAllAsync(
        ParkedEventFilter filter,
        string action,
        string? reason,
        string operatorId,
        Func<string, int, string> sql,
        Func<int, TimeSpan> lasts,
        CancellationToken cancellationToken)
    {
        if (filter.Fault(place: "filter.") is { } fault)
        {
            return fault;
        }

        if (filter.IsEmpty)
        {
            return Error.Invalid("operations.filter-required", "Say which parked events are meant: subscription, source, eventType, key, status or errorContains.").At("filter");
        }

        var now = clock.GetUtcNow();
        var (count, more) = (0, false);
        foreach (var module in catalog.Descriptors.Select(module => module.Name))
        {
            var left = MostAtOnce - count;
            await using var connection = await sources.Of(module).OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var ids = await MatchingAsync(connection, module, filter, left + 1, cancellationToken);
            more |= ids.Length > left;
            ids = [.. ids.Take(left)];
            if (ids.Length == 0)
            {
                continue;
            }

            await AuditAsync(connection, module, ids, action, reason, operatorId, now, cancellationToken);
            await using var act = new NpgsqlCommand(sql(module, count), connection).With((object)ids, now);
            await act.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            count += ids.Length;
        }

        return new ParkedEventsTaken(count, now + lasts(count), more);
    }

    private static async Task<long[]> MatchingAsync(NpgsqlConnection connection, string module, ParkedEventFilter filter, int most, CancellationToken cancellationToken)
    {
        List<long> ids = [];
        await using var command = new NpgsqlCommand(
            $"""select id from "{module}".parked_events where {ParkedEventFilter.Sql} order by position limit {most} for update""", connection).With(filter.Values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetInt64(0));
        }

        return [.. ids];
    }

    /// <summary>Notes what is being done, with the rows as they are, which stay locked; tells how many there are.</summary>
    private static async Task<int> AuditAsync(
        NpgsqlConnection connection, string module, long[] ids, string action, string? reason, string operatorId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var audit = new NpgsqlCommand(
            $"""
            with parked as (select * from "{module}".parked_events where id = any ($1) order by position for update)
            insert into "{module}".parked_event_actions (event_id, subscription, source, action, reason, acted_by, acted_at, event)
            select event_id, subscription, source, $2, $3, $4, $5, to_jsonb(parked) from parked
            """,
            connection).With((object)ids, action, reason, operatorId, now);
        return await audit.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Why a payload cannot take the place of the one that is parked; null when it can.</summary>
    private Error? Fault(ParkedEvent parked, JsonElement payload)
    {
        if (catalog.Events.TypeOf(parked.EventType, parked.EventVersion) is not { } type)
        {
            return Error.Conflict(
                "operations.unknown-event-type",
                $"This Host knows no {parked.EventType} of version {parked.EventVersion}, so nothing can be put in its place. Start one that does, or discard the event.");
        }

        var faults = PayloadCheck.Of(payload, type, parked.Payload);
        if (faults.Count == 0)
        {
            faults = OtherKey(parked, payload, type);
        }

        return faults.Count == 0
            ? null
            : Error.Invalid(
                "operations.bad-payload",
                $"The payload is no {parked.EventType} of version {parked.EventVersion}. {string.Join(' ', faults.Values.SelectMany(fault => fault))}") with { Fields = faults };
    }

    /// <summary>An event of another key would overtake and be overtaken: its place is in the order of the key that it had.</summary>
    private Dictionary<string, string[]> OtherKey(ParkedEvent parked, JsonElement payload, Type type)
    {
        try
        {
            var keys = new[] { EventSerializer.Deserialize(payload.GetRawText(), type), catalog.Events.Read(parked.EventType, parked.EventVersion, payload.GetRawText()) }
                .Select(happened => happened.Key);
            return keys.FirstOrDefault(key => !string.Equals(key, parked.Key, StringComparison.Ordinal)) is { } other
                ? At(MemberOf(parked), $"makes the event's key '{other}', and it was published with '{parked.Key}'; it must stay.")
                : new Dictionary<string, string[]>(StringComparer.Ordinal);
        }
        catch (Exception unreadable) when (unreadable is not OperationCanceledException)
        {
            // Making the record, its key or its newest version is the publisher's code, which may refuse what the shape allows.
            return At(PayloadCheck.Root, $"cannot be read: {unreadable.Message}");
        }

        static Dictionary<string, string[]> At(string path, string what) => new(StringComparer.Ordinal) { [path] = [$"'{path}' {what}"] };
    }

    /// <summary>The member that the key is taken from, as far as that shows.</summary>
    private static string MemberOf(ParkedEvent parked) => parked.Payload.ValueKind == JsonValueKind.Object
        && parked.Payload.EnumerateObject().FirstOrDefault(member => string.Equals(member.Value.ToString(), parked.Key, StringComparison.Ordinal)) is { Name: { } name }
            ? $"{PayloadCheck.Root}.{name}"
            : PayloadCheck.Root;

    private static Error? MissingReason(string? reason, string what) =>
        OperatorReason.IsGiven(reason) ? null : OperatorReason.Missing($"the event is {what}");

    private static Error Unknown(string id) =>
        Error.NotFound("operations.unknown-parked-event", $"There is no parked event '{id}'; it may have been applied or discarded meanwhile.");

    private (string Module, long Number)? Find(string id) =>
        id.Split('-') is [var name, var digits] && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && catalog.Runs(name)
            ? (name, number)
            : null;

    private static string IdOf(string module, long number) => string.Create(CultureInfo.InvariantCulture, $"{module}-{number}");

    private static ParkedEvent Read(string module, NpgsqlDataReader reader) => new(
        IdOf(module, reader.GetInt64(0)),
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
        reader.GetFieldValue<DateTimeOffset>(12));
}
