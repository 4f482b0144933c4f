using Balances.Persistence;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Sales;

namespace Balances;

internal sealed class AddOrderToBalance(BalancesDbContext db, BalanceRow row) : IReaction<OrderPlacedV1>
{
    public async Task Handle(OrderPlacedV1 happened, EventContext context, CancellationToken cancellationToken)
    {
        var found = await db.FindAsync(row.Type, [happened.CustomerId], cancellationToken);
        ((Balance)found!).Add(happened.Total);
    }
}
