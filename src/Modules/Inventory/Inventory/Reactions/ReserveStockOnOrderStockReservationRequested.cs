using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Inventory.Contracts;
using Inventory.Domain;
using Inventory.Persistence;
using Orders.Contracts;

namespace Inventory.Reactions;

/// <summary>
/// Sets aside everything an order wants, or says what is short. The row locks decide who gets the last piece.
/// </summary>
internal sealed class ReserveStockOnOrderStockReservationRequested(InventoryDbContext db, TimeProvider clock)
    : IReaction<OrderStockReservationRequestedV1>
{
    public async Task Handle(
        OrderStockReservationRequestedV1 requested,
        EventContext context,
        CancellationToken cancellationToken
    )
    {
        if (await db.Reservations.FindAsync([requested.OrderId], cancellationToken) is { } earlier)
        {
            // A release is final; and what is reserved already is not reserved twice.
            db.Publish(
                earlier.Status == ReservationStatus.Released
                    ? new StockReservationRejectedV1(
                        requested.OrderId,
                        "The order was given up before its stock could be reserved."
                    )
                    : earlier.ToReservedV1()
            );
            return;
        }

        var wanted = requested
            .Items.GroupBy(item => Sku.Normalize(item.Sku), item => item.Quantity, StringComparer.Ordinal)
            .ToDictionary(item => item.Key, item => item.Sum(), StringComparer.Ordinal);
        var levels = await db.LockLevelsAsync(wanted.Keys, cancellationToken);
        if (
            Reservation.TryReserve(requested.OrderId, wanted, levels, clock.GetUtcNow(), out var shortage) is
            { } reservation
        )
        {
            db.Add(reservation);
            db.Publish(reservation.ToReservedV1());
        }
        else
        {
            db.Publish(new StockReservationRejectedV1(requested.OrderId, shortage));
        }
    }
}
