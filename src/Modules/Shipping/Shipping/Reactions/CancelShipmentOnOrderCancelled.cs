using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Orders.Contracts;
using Shipping.Domain;
using Shipping.Persistence;

namespace Shipping.Reactions;

/// <summary>
/// Keeps back the goods of an order that was cancelled without Shipping being asked, as happened before there was
/// Shipping. Of one that was asked about, or never confirmed, nothing waits here.
/// </summary>
internal sealed class CancelShipmentOnOrderCancelled(ShippingDbContext db, TimeProvider clock)
    : IReaction<OrderCancelledV1>
{
    public async Task Handle(OrderCancelledV1 cancelled, EventContext context, CancellationToken cancellationToken)
    {
        if (await db.ShipmentOf(cancelled.OrderId, cancellationToken) is { Status: ShipmentStatus.Pending } shipment)
        {
            db.Publish(shipment.Cancel(cancelled.Reason, clock.GetUtcNow())!);
        }
    }
}
