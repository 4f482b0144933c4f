using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Orders.Persistence;
using Shipping.Contracts;

namespace Orders.Reactions;

internal sealed class DeliverOrderOnShipmentDelivered(OrdersDbContext db) : IReaction<ShipmentDeliveredV1>
{
    public async Task Handle(ShipmentDeliveredV1 delivered, EventContext context, CancellationToken cancellationToken)
    {
        var order = await db.Orders.FindAsync([delivered.OrderId], cancellationToken);
        order?.Delivered(delivered.DeliveredAt);
    }
}
