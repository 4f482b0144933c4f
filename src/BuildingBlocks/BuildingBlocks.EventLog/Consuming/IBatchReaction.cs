using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Events;

namespace BuildingBlocks.EventLog.Consuming;

/// <summary>
/// A reaction to many events at once, for projections that write them with one statement. As
/// <see cref="IReaction{TEvent}"/>, and besides: events of the type that follow each other in the log come together, as
/// many as were read at once, if all the module does about the type is in batch reactions, else one by one; when one of
/// them fails all are rolled back and come again one by one, so that only the culprit is parked. It publishes and
/// schedules nothing, because an event that follows needs one event as its cause.
/// </summary>
/// <typeparam name="TEvent">The event, of the module's own Contracts or of another's.</typeparam>
public interface IBatchReaction<TEvent>
    where TEvent : IIntegrationEvent
{
    /// <summary>Applies the events, one or more, in the order of the log; several may have the same key.</summary>
    Task Handle(IReadOnlyList<EventWithContext<TEvent>> events, CancellationToken cancellationToken);
}

/// <summary>An event and its envelope.</summary>
/// <typeparam name="TEvent">The event.</typeparam>
/// <param name="Event">The payload.</param>
/// <param name="Context">Its envelope.</param>
public readonly record struct EventWithContext<TEvent>(TEvent Event, EventContext Context)
    where TEvent : IIntegrationEvent;
