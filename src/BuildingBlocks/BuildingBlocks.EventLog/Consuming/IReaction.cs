using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Events;

namespace BuildingBlocks.EventLog.Consuming;

/// <summary>
/// What a module does about an event, its own or another module's. Called in a transaction of the module's role that
/// also moves the checkpoint and is committed with it, so its effects in the module's schema happen exactly once; it
/// needs no idempotency code, and the caller saves the module's DbContext. It must not reach out of the database (mail,
/// HTTP): that would happen again on every retry.
/// </summary>
/// <typeparam name="TEvent">The event, of the module's own Contracts or of another's.</typeparam>
public interface IReaction<in TEvent>
    where TEvent : IIntegrationEvent
{
    /// <summary>
    /// Applies the event. An exception rolls its effects back and parks the event, and later ones of its key behind it.
    /// </summary>
    Task Handle(TEvent happened, EventContext context, CancellationToken cancellationToken);
}
