using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Orders.Persistence;
using Shipping.Contracts;

namespace Orders.Reactions;

internal sealed class ShipOrderOnShipmentDispatched(OrdersDbContext db) : IReaction<ShipmentDispatchedV1>
{
    public async Task Handle(ShipmentDispatchedV1 dispatched, EventContext context, CancellationToken cancellationToken)
    {
        var order = await db.Orders.FindAsync([dispatched.OrderId], cancellationToken);
        order?.Shipped(dispatched.DispatchedAt);
    }
}
