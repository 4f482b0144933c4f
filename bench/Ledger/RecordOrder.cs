using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Ledger.Persistence;
using Sales;

namespace Ledger;

/// <summary>Whose orders cannot be recorded, whatever is tried; nobody's at first.</summary>
public sealed class Poison
{
    /// <summary>The customer.</summary>
    public Guid? CustomerId { get; set; }
}

internal sealed class RecordOrder(LedgerDbContext db, Poison poison) : IReaction<OrderPlacedV1>
{
    public Task Handle(OrderPlacedV1 happened, EventContext context, CancellationToken cancellationToken)
    {
        if (happened.CustomerId == poison.CustomerId)
        {
            throw new InvalidOperationException("This customer's orders cannot be recorded.");
        }

        db.Add(
            new Entry
            {
                OrderId = happened.OrderId,
                CustomerId = happened.CustomerId,
                Total = happened.Total,
                PlacedAt = happened.PlacedAt,
            }
        );
        return Task.CompletedTask;
    }
}
