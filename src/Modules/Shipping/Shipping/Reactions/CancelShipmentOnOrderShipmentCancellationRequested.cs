using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Orders.Contracts;
using Shipping.Domain;
using Shipping.Persistence;

namespace Shipping.Reactions;

/// <summary>
/// Keeps the goods back and promises so, unless they have left: then shipment.dispatched has said it or is about to.
/// </summary>
internal sealed class CancelShipmentOnOrderShipmentCancellationRequested(ShippingDbContext db, TimeProvider clock)
    : IReaction<OrderShipmentCancellationRequestedV1>
{
    public async Task Handle(
        OrderShipmentCancellationRequestedV1 requested,
        EventContext context,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        var shipment = await db.ShipmentOf(requested.OrderId, cancellationToken)
            ?? db.Add(Shipment.NeverCreated(requested.OrderId, now)).Entity;
        if (shipment.Cancel(requested.Reason, now) is { } cancelled)
        {
            db.Publish(cancelled);
        }
    }
}
