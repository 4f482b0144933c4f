using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Inventory.Persistence;
using Shipping.Contracts;

namespace Inventory.Reactions;

/// <summary>
/// Takes what was set aside for an order off the stock, for it has left. An order for which nothing is set aside took
/// nothing from here.
/// </summary>
internal sealed class ShipStockOnShipmentDispatched(InventoryDbContext db) : IReaction<ShipmentDispatchedV1>
{
    public async Task Handle(ShipmentDispatchedV1 dispatched, EventContext context, CancellationToken cancellationToken)
    {
        if (await db.Reservations.FindAsync([dispatched.OrderId], cancellationToken) is { } reservation)
        {
            var levels = await db.LockLevelsAsync(reservation.Lines.Select(line => line.Sku), cancellationToken);
            reservation.Ship(levels, dispatched.DispatchedAt);
        }
    }
}
