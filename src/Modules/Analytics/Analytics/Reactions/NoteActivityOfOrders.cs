using Analytics.Domain;
using Analytics.Persistence;
using BuildingBlocks.Messaging;
using Orders.Contracts;

namespace Analytics.Reactions;

internal sealed class NoteActivityOfOrders(AnalyticsDbContext db) : IReaction<OrderPlacedV1>, IReaction<OrderConfirmedV2>, IReaction<OrderCancelledV1>
{
    public Task Handle(OrderPlacedV1 placed, EventContext context, CancellationToken cancellationToken) =>
        Note(Activity.Of(context, placed.OrderId, placed.TotalMinor, placed.Currency));

    public Task Handle(OrderConfirmedV2 confirmed, EventContext context, CancellationToken cancellationToken) =>
        Note(Activity.Of(context, confirmed.OrderId, confirmed.TotalMinor, confirmed.Currency));

    public Task Handle(OrderCancelledV1 cancelled, EventContext context, CancellationToken cancellationToken) =>
        Note(Activity.Of(context, cancelled.OrderId, cancelled.TotalMinor, cancelled.Currency));

    private Task Note(Activity activity)
    {
        db.Add(activity);
        return Task.CompletedTask;
    }
}
