using Analytics.Domain;
using Analytics.Persistence;
using BuildingBlocks.EventLog.Consuming;
using Orders.Contracts;

namespace Analytics.Reactions;

internal sealed class NoteActivityOfOrders(AnalyticsDbContext db)
    : IBatchReaction<OrderPlacedV1>,
        IBatchReaction<OrderConfirmedV2>,
        IBatchReaction<OrderCancelledV1>
{
    public Task Handle(IReadOnlyList<EventWithContext<OrderPlacedV1>> events, CancellationToken cancellationToken) =>
        Note(
            events.Select(one => Activity.Of(one.Context, one.Event.OrderId, one.Event.TotalMinor, one.Event.Currency))
        );

    public Task Handle(IReadOnlyList<EventWithContext<OrderConfirmedV2>> events, CancellationToken cancellationToken) =>
        Note(
            events.Select(one => Activity.Of(one.Context, one.Event.OrderId, one.Event.TotalMinor, one.Event.Currency))
        );

    public Task Handle(IReadOnlyList<EventWithContext<OrderCancelledV1>> events, CancellationToken cancellationToken) =>
        Note(
            events.Select(one => Activity.Of(one.Context, one.Event.OrderId, one.Event.TotalMinor, one.Event.Currency))
        );

    private Task Note(IEnumerable<Activity> activities)
    {
        db.AddRange(activities);
        return Task.CompletedTask;
    }
}
