using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Events;

namespace BuildingBlocks.EventLog.Consuming;

/// <summary>
/// What a module does about an event outside of the database: a mail, a webhook, a gateway. Called outside of any
/// transaction, for the events of each key in order, at least once: again when the call failed, took too long, or the
/// process died before it was written down that the call ended. <see cref="EventContext.EventId"/> is the idempotency
/// key, the same at each try; <see cref="EventContext.Attempt"/> greater than 1 says that an earlier call may have had
/// its effect.
/// </summary>
/// <remarks>
/// What it changes through the module's DbContext, events it publishes among it, is saved for it after it returns, in
/// the one short transaction that writes down that the call ended: it saves nothing itself. A new outbound reaction
/// begins with what is published from then on, not with history. A module has one for each event.
/// </remarks>
/// <typeparam name="TEvent">The event, of the module's own Contracts or of another's.</typeparam>
public interface IOutboundReaction<in TEvent>
    where TEvent : IIntegrationEvent
{
    /// <summary>
    /// Calls out. An exception parks the event, and later ones of its key behind it; it is called again after a growing
    /// pause, and waits for an operator after the last try.
    /// </summary>
    /// <param name="happened">The event.</param>
    /// <param name="context">Holds the idempotency key and which try this is.</param>
    /// <param name="cancellationToken">The time limit has passed, or the Host stops. What does not heed it is no longer
    /// waited for soon after, and may be called again while it still runs.</param>
    Task Handle(TEvent happened, EventContext context, CancellationToken cancellationToken);
}
