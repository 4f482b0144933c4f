using BuildingBlocks.Contracts;

namespace BuildingBlocks.Messaging;

/// <summary>
/// What a module does about an event, its own or another module's. Called in a transaction of the module's role that also moves the
/// checkpoint and is committed with it, so its effects in the module's schema happen exactly once; it needs no idempotency code, and the
/// caller saves the module's DbContext. It must not reach out of the database (mail, HTTP): that would happen again on every retry.
/// </summary>
/// <typeparam name="TEvent">The event, of the module's own Contracts or of another's.</typeparam>
public interface IReaction<in TEvent>
    where TEvent : IIntegrationEvent
{
    /// <summary>Applies the event. An exception rolls its effects back and parks the event, and later ones of its key behind it.</summary>
    Task Handle(TEvent happened, EventContext context, CancellationToken cancellationToken);
}

/// <summary>The envelope of an event: what is known about it beside its payload.</summary>
/// <param name="EventId">Unique for ever; the idempotency key for effects outside the database.</param>
/// <param name="Source">The name of the module that published it.</param>
/// <param name="Type">Wire name, such as <c>order.confirmed</c>.</param>
/// <param name="Version">The stored version, before any upcasting.</param>
/// <param name="Key">The aggregate's id.</param>
/// <param name="CorrelationId">Ties together everything that followed from one request.</param>
/// <param name="CausationId">The id of the event in reaction to which this one was published; null when it came from a request.</param>
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
    DateTimeOffset OccurredAt);
