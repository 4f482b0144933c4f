namespace BuildingBlocks.EventLog.Events;

/// <summary>The envelope of an event: everything stored with it except its payload.</summary>
/// <param name="EventId">Unique for ever; the idempotency key for effects outside the database.</param>
/// <param name="Source">The name of the module that published it.</param>
/// <param name="Type">Wire name, such as <c>order.confirmed</c>.</param>
/// <param name="Version">The stored version, before any upcasting.</param>
/// <param name="Key">The aggregate's id.</param>
/// <param name="CorrelationId">Ties together everything that followed from one request.</param>
/// <param name="CausationId">The id of the event in reaction to which this one was published; null when it came from a
/// request.</param>
/// <param name="TraceParent">W3C trace context of the publisher, or null.</param>
/// <param name="OccurredAt">When it was written, by the database's clock, UTC.</param>
public sealed record EventContext(
    Guid EventId,
    string Source,
    string Type,
    short Version,
    string Key,
    string CorrelationId,
    string? CausationId,
    string? TraceParent,
    DateTimeOffset OccurredAt
)
{
    /// <summary>
    /// Which try of applying the event this is, from 1. Greater than 1, an earlier call of an outbound reaction may
    /// have had its effect; what an ordinary reaction did before was rolled back.
    /// </summary>
    public int Attempt { get; init; } = 1;
}
