using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using OrderSearch.Persistence;
using Shipping.Contracts;

namespace OrderSearch.Reactions;

internal sealed class MarkDeliveredOnShipmentDelivered(OrderSearchDbContext db) : IReaction<ShipmentDeliveredV1>
{
    public Task Handle(ShipmentDeliveredV1 delivered, EventContext context, CancellationToken cancellationToken) =>
        db.WriteAsync(
            new ShipmentFacts(delivered.OrderId) { DeliveredAt = delivered.DeliveredAt.ToUniversalTime() },
            cancellationToken
        );
}
