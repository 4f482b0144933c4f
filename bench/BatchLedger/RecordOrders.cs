using BuildingBlocks.EventLog.Consuming;
using Ledger.Persistence;
using Microsoft.EntityFrameworkCore;
using Sales;

namespace BatchLedger;

internal sealed class RecordOrders(LedgerDbContext db) : IBatchReaction<OrderPlacedV1>
{
    public Task Handle(IReadOnlyList<EventWithContext<OrderPlacedV1>> events, CancellationToken cancellationToken)
    {
        var orders = events.Select(one => one.Event).ToArray();
        var (ids, customers) = (
            Array.ConvertAll(orders, order => order.OrderId),
            Array.ConvertAll(orders, order => order.CustomerId)
        );
        var (totals, times) = (
            Array.ConvertAll(orders, order => order.Total),
            Array.ConvertAll(orders, order => order.PlacedAt)
        );
        return db.Database.ExecuteSqlAsync(
            $"""
            insert into entries (order_id, customer_id, total, placed_at)
            select * from unnest({ids}, {customers}, {totals}, {times})
            """,
            cancellationToken
        );
    }
}
