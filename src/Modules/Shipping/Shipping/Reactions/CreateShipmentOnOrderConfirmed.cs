using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Orders.Contracts;
using Shipping.Domain;
using Shipping.Persistence;

namespace Shipping.Reactions;

/// <summary>
/// Where the goods go may not be known yet, for Customers is another source; it is looked up when they leave.
/// </summary>
internal sealed class CreateShipmentOnOrderConfirmed(ShippingDbContext db, TimeProvider clock)
    : IReaction<OrderConfirmedV2>
{
    public async Task Handle(OrderConfirmedV2 confirmed, EventContext context, CancellationToken cancellationToken)
    {
        if (!confirmed.FulfilledElsewhere && await db.ShipmentOf(confirmed.OrderId, cancellationToken) is null)
        {
            var shipment = db.Add(Shipment.For(confirmed, clock.GetUtcNow())).Entity;
            db.Publish(shipment.ToCreatedV1());
        }
    }
}
