using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Inventory.Domain;
using Inventory.Persistence;
using Orders.Contracts;

namespace Inventory.Reactions;

/// <summary>
/// Gives back what was set aside for an order, if anything was, and remembers that nothing shall be set aside for it
/// later.
/// </summary>
internal sealed class ReleaseStockOnOrderStockReleaseRequested(InventoryDbContext db, TimeProvider clock)
    : IReaction<OrderStockReleaseRequestedV1>
{
    public async Task Handle(
        OrderStockReleaseRequestedV1 requested,
        EventContext context,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        var reservation = await db.Reservations.FindAsync([requested.OrderId], cancellationToken);
        if (reservation is null)
        {
            db.Add(reservation = Reservation.ReleasedBefore(requested.OrderId, now));
        }

        var levels = await db.LockLevelsAsync(reservation.Lines.Select(line => line.Sku), cancellationToken);
        db.Publish(reservation.Release(levels, now));
    }
}
