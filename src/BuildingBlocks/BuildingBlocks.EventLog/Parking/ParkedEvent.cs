using System.Text.Json;

namespace BuildingBlocks.EventLog.Parking;

/// <summary>An event that its consumer could not apply, or that waits behind one of its key.</summary>
/// <param name="Id">The consuming module's name and a number, such as <c>orders-17</c>.</param>
/// <param name="Subscription">The consumer group.</param>
/// <param name="Source">The module that published it.</param>
/// <param name="EventId">Its id in the source's outbox.</param>
/// <param name="EventType">Wire name.</param>
/// <param name="EventVersion">Of the payload.</param>
/// <param name="Key">Later events with this key wait behind it.</param>
/// <param name="Payload">As it is tried next; an operator may put another in its place.</param>
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
    DateTimeOffset ParkedAt
);

/// <summary>A parked event with its payload, its error and its history.</summary>
/// <param name="Event">The event.</param>
/// <param name="CorrelationId">Of everything that the same request caused.</param>
/// <param name="CausationId">The event that caused this one, or null.</param>
/// <param name="OccurredAt">When it was written, UTC.</param>
/// <param name="Before">The parked event that it waits for; null when it is the first of its key.</param>
/// <param name="Behind">The events that wait for it, in their order, up to 100.</param>
/// <param name="Actions">What operators have done about it, oldest first.</param>
public sealed record ParkedEventDetails(
    ParkedEvent Event,
    string CorrelationId,
    string? CausationId,
    DateTimeOffset OccurredAt,
    string? Before,
    IReadOnlyList<string> Behind,
    IReadOnlyList<ParkedEventAction> Actions
);

/// <summary>What an operator has done about a parked event.</summary>
/// <param name="Action">retry, edit or discard.</param>
/// <param name="Reason">Theirs; null for a retry.</param>
/// <param name="By">The operator.</param>
/// <param name="At">UTC.</param>
public sealed record ParkedEventAction(string Action, string? Reason, string By, DateTimeOffset At);

/// <summary>What can become of a parked event.</summary>
internal static class ParkedEventStatus
{
    /// <summary>It is retried when it is due.</summary>
    public const string Waiting = "waiting";

    /// <summary>It has been tried as often as it may be, and waits for an operator.</summary>
    public const string Dead = "dead";
}
