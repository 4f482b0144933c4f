using System.Globalization;
using System.Text.Json;
using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using Npgsql;

namespace BuildingBlocks.Operations;

/// <summary>What was done to many parked events at once.</summary>
/// <param name="Count">How many.</param>
/// <param name="Until">When the last of them is due to be tried, UTC; for a discard the present time.</param>
/// <param name="More">Whether more match than one call takes; call again for them.</param>
public sealed record ParkedEventsTaken(int Count, DateTimeOffset Until, bool More);

/// <summary>
/// What an operator can do about parked events. Every action is audited in the consuming module's schema.
/// </summary>
internal sealed class ParkedEventOperations(
    EventLogCatalog catalog,
    EventCatalog events,
    IModulePools pools,
    TimeProvider clock
)
{
    /// <summary>How many events one call takes at most.</summary>
    public const int MostAtOnce = 1_000;

    /// <summary>How many characters a part of a filter has at most.</summary>
    public const int LongestFilter = 500;

    /// <summary>How many events may be tried a second.</summary>
    public const int FastestRetry = 100;

    /// <summary>
    /// The parked events of all modules in this Host, each module's oldest first, up to 200 a module.
    /// </summary>
    public async Task<Result<IReadOnlyList<ParkedEvent>>> ListAsync(
        ParkedEventFilter filter,
        CancellationToken cancellationToken
    )
    {
        if (FaultOf(filter, place: "") is { } fault)
        {
            return fault;
        }

        List<ParkedEvent> all = [];
        foreach (var module in catalog.Modules.Select(module => module.Name))
        {
            await using var connection = await pools.Of(module).OpenConnectionAsync(cancellationToken);
            all.AddRange(await new ParkedEventStore(module).ListAsync(connection, filter, cancellationToken));
        }

        return all;
    }

    /// <summary>
    /// One parked event with its payload, its last error, the events that wait for it and what was done about it.
    /// </summary>
    /// <param name="id">As listed.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<Result<ParkedEventDetails>> InspectAsync(string id, CancellationToken cancellationToken)
    {
        if (Find(id) is not { } found)
        {
            return Unknown(id);
        }

        await using var connection = await pools.Of(found.Module).OpenConnectionAsync(cancellationToken);
        return
            await new ParkedEventStore(found.Module).FindAsync(connection, found.Number, cancellationToken)
                is { } details
            ? details
            : Unknown(id);
    }

    /// <summary>
    /// Puts another payload in place of one that cannot be applied, and has it tried at once. The outbox keeps what was
    /// published. It is checked more strictly than what is read from the log: nobody but its consumer would notice a
    /// slip.
    /// </summary>
    /// <param name="id">As listed.</param>
    /// <param name="payload">The event as its type and version has it, with the key that it had.</param>
    /// <param name="reason">For the audit; 1 to 500 characters.</param>
    /// <param name="operatorId">Who asks for it.</param>
    /// <param name="cancellationToken">Cancels the operation; nothing is changed.</param>
    public async Task<Result> EditAsync(
        string id,
        JsonElement payload,
        string? reason,
        string operatorId,
        CancellationToken cancellationToken
    )
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
                (store, connection, number, now) =>
                    store.EditAsync(connection, number, payload.GetRawText(), now, cancellationToken),
                cancellationToken
            );
    }

    /// <summary>Has an event tried again at once, also a dead one.</summary>
    /// <param name="id">As listed.</param>
    /// <param name="operatorId">Who asks for it.</param>
    /// <param name="cancellationToken">Cancels the operation; nothing is changed.</param>
    public Task<Result> RetryAsync(string id, string operatorId, CancellationToken cancellationToken) =>
        ActAsync(
            id,
            "retry",
            reason: null,
            operatorId,
            (store, connection, number, now) =>
                store.RetryAsync(connection, [number], now, apart: TimeSpan.Zero, cancellationToken),
            cancellationToken
        );

    /// <summary>Discards an event: its consumer will never apply it, and its key continues.</summary>
    /// <param name="id">As listed.</param>
    /// <param name="reason">For the audit; 1 to 500 characters.</param>
    /// <param name="operatorId">Who asks for it.</param>
    /// <param name="cancellationToken">Cancels the operation; nothing is changed.</param>
    public async Task<Result> DiscardAsync(
        string id,
        string? reason,
        string operatorId,
        CancellationToken cancellationToken
    ) =>
        MissingReason(reason, "discarded") is { } missing
            ? missing
            : await ActAsync(
                id,
                "discard",
                reason,
                operatorId,
                (store, connection, number, _) => store.DiscardAsync(connection, [number], cancellationToken),
                cancellationToken
            );

    /// <summary>Has many events tried again, each key's first one first, no more than so many a second.</summary>
    /// <param name="filter">Which; at least one of its parts is given.</param>
    /// <param name="perSecond">1 to 100.</param>
    /// <param name="operatorId">Who asks for it.</param>
    /// <param name="cancellationToken">Cancels the operation; nothing has changed in the module at work then.</param>
    public async Task<Result<ParkedEventsTaken>> RetryAllAsync(
        ParkedEventFilter filter,
        int perSecond,
        string operatorId,
        CancellationToken cancellationToken
    )
    {
        if (perSecond is < 1 or > FastestRetry)
        {
            return Error
                .Invalid("operations.bad-rate", $"Events are tried at 1 to {FastestRetry} a second.")
                .At("perSecond");
        }

        var apart = TimeSpan.FromSeconds(1.0 / perSecond);
        return await ActOnAllAsync(
            filter,
            "retry",
            reason: null,
            operatorId,
            (store, connection, numbers, now, already) =>
                store.RetryAsync(connection, numbers, now + ((already + 1) * apart), apart, cancellationToken),
            lasts: apart,
            cancellationToken
        );
    }

    /// <summary>Takes many events away for good.</summary>
    /// <param name="filter">Which; at least one of its parts is given.</param>
    /// <param name="reason">For the audit; 1 to 500 characters.</param>
    /// <param name="operatorId">Who asks for it.</param>
    /// <param name="cancellationToken">Cancels the operation; nothing has changed in the module at work then.</param>
    public async Task<Result<ParkedEventsTaken>> DiscardAllAsync(
        ParkedEventFilter filter,
        string? reason,
        string operatorId,
        CancellationToken cancellationToken
    ) =>
        MissingReason(reason, "discarded") is { } missing
            ? missing
            : await ActOnAllAsync(
                filter,
                "discard",
                reason,
                operatorId,
                (store, connection, numbers, _, _) => store.DiscardAsync(connection, numbers, cancellationToken),
                lasts: TimeSpan.Zero,
                cancellationToken
            );

    private async Task<Result> ActAsync(
        string id,
        string action,
        string? reason,
        string operatorId,
        Func<ParkedEventStore, NpgsqlConnection, long, DateTimeOffset, Task> act,
        CancellationToken cancellationToken
    )
    {
        if (Find(id) is not { } found)
        {
            return Unknown(id);
        }

        var now = clock.GetUtcNow();
        ParkedEventStore store = new(found.Module);
        await using var connection = await pools.Of(found.Module).OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await store.AuditAsync(connection, [found.Number], action, reason, operatorId, now, cancellationToken) == 0)
        {
            return Unknown(id);
        }

        await act(store, connection, found.Number, now);
        await transaction.CommitAsync(cancellationToken);
        return Result.Done;
    }

    private async Task<Result<ParkedEventsTaken>> ActOnAllAsync(
        ParkedEventFilter filter,
        string action,
        string? reason,
        string operatorId,
        Func<ParkedEventStore, NpgsqlConnection, long[], DateTimeOffset, int, Task> act,
        TimeSpan lasts,
        CancellationToken cancellationToken
    )
    {
        if (FaultOf(filter, place: "filter.") is { } fault)
        {
            return fault;
        }

        if (filter.IsEmpty)
        {
            return Error
                .Invalid(
                    "operations.filter-required",
                    "Say which parked events are meant: subscription, source, eventType, key, status or errorContains."
                )
                .At("filter");
        }

        var now = clock.GetUtcNow();
        var (count, more) = (0, false);
        foreach (var module in catalog.Modules.Select(module => module.Name))
        {
            var left = MostAtOnce - count;
            ParkedEventStore store = new(module);
            await using var connection = await pools.Of(module).OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var numbers = await store.LockMatchingAsync(connection, filter, left + 1, cancellationToken);
            more |= numbers.Length > left;
            numbers = [.. numbers.Take(left)];
            if (numbers.Length == 0)
            {
                continue;
            }

            await store.AuditAsync(connection, numbers, action, reason, operatorId, now, cancellationToken);
            await act(store, connection, numbers, now, count);
            await transaction.CommitAsync(cancellationToken);
            count += numbers.Length;
        }

        return new ParkedEventsTaken(count, now + (count * lasts), more);
    }

    /// <summary>Why a filter cannot be used; null when it can.</summary>
    private static Error? FaultOf(ParkedEventFilter filter, string place)
    {
        if (filter.Status is not (null or ParkedEventStatus.Waiting or ParkedEventStatus.Dead))
        {
            return Error.Invalid("operations.bad-filter", "status is waiting or dead.").At($"{place}status");
        }

        return Array.Find(filter.Parts, part => part.Value is { Length: 0 or > LongestFilter }) is { Name: { } name }
            ? Error
                .Invalid(
                    "operations.bad-filter",
                    $"{name} has 1 to {LongestFilter} characters; leave it out to filter by others only."
                )
                .At($"{place}{name}")
            : null;
    }

    /// <summary>Why a payload cannot take the place of the one that is parked; null when it can.</summary>
    private Error? Fault(ParkedEvent parked, JsonElement payload)
    {
        if (events.TypeOf(parked.EventType, parked.EventVersion) is not { } type)
        {
            return Error.Conflict(
                "operations.unknown-event-type",
                $"This Host knows no {parked.EventType} of version {parked.EventVersion}, so nothing can be put in "
                    + "its place. Start one that does, or discard the event."
            );
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
                $"The payload is no {parked.EventType} of version {parked.EventVersion}. "
                    + $"{string.Join(' ', faults.Values.SelectMany(fault => fault))}"
            ) with
            {
                Fields = faults,
            };
    }

    /// <summary>
    /// An event of another key would overtake and be overtaken: its place is in the order of the key that it had.
    /// </summary>
    private Dictionary<string, string[]> OtherKey(ParkedEvent parked, JsonElement payload, Type type)
    {
        try
        {
            var keys = new[]
            {
                EventSerializer.Deserialize(payload.GetRawText(), type),
                events.Read(parked.EventType, parked.EventVersion, payload.GetRawText()),
            }.Select(happened => happened.Key);
            return keys.FirstOrDefault(key => !string.Equals(key, parked.Key, StringComparison.Ordinal)) is { } other
                ? At(
                    MemberOf(parked),
                    $"makes the event's key '{other}', and it was published with '{parked.Key}'; it must stay."
                )
                : new Dictionary<string, string[]>(StringComparer.Ordinal);
        }
        catch (Exception unreadable) when (unreadable is not OperationCanceledException)
        {
            // Making the record, its key or its newest version is the publisher's code, which may refuse what the shape
            // allows.
            return At(PayloadCheck.Root, $"cannot be read: {unreadable.Message}");
        }

        static Dictionary<string, string[]> At(string path, string what) =>
            new(StringComparer.Ordinal) { [path] = [$"'{path}' {what}"] };
    }

    /// <summary>The member that the key is taken from, as far as that shows.</summary>
    private static string MemberOf(ParkedEvent parked) =>
        parked.Payload.ValueKind == JsonValueKind.Object
        && parked
            .Payload.EnumerateObject()
            .FirstOrDefault(member => string.Equals(member.Value.ToString(), parked.Key, StringComparison.Ordinal))
            is { Name: { } name }
            ? $"{PayloadCheck.Root}.{name}"
            : PayloadCheck.Root;

    private static Error? MissingReason(string? reason, string what) =>
        OperatorReason.IsGiven(reason) ? null : OperatorReason.Missing($"the event is {what}");

    private static Error Unknown(string id) =>
        Error.NotFound(
            "operations.unknown-parked-event",
            $"There is no parked event '{id}'; it may have been applied or discarded meanwhile."
        );

    private (string Module, long Number)? Find(string id) =>
        id.Split('-') is [var name, var digits]
        && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && catalog.Runs(name)
            ? (name, number)
            : null;
}
