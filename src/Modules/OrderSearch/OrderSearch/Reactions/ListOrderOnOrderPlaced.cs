using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Orders.Contracts;
using OrderSearch.Persistence;

namespace OrderSearch.Reactions;

internal sealed class ListOrderOnOrderPlaced(OrderSearchDbContext db) : IReaction<OrderPlacedV1>
{
    public Task Handle(OrderPlacedV1 placed, EventContext context, CancellationToken cancellationToken) =>
        db.WriteAsync(
            new OrderFacts(placed.OrderId, placed.CustomerId, placed.Currency, placed.TotalMinor, placed.Items)
            {
                PlacedAt = context.OccurredAt.ToUniversalTime(),
            },
            cancellationToken
        );
}
