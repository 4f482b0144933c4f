using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Orders.Contracts;
using OrderSearch.Persistence;

namespace OrderSearch.Reactions;

internal sealed class MarkCancelledOnOrderCancelled(OrderSearchDbContext db) : IReaction<OrderCancelledV1>
{
    public Task Handle(OrderCancelledV1 cancelled, EventContext context, CancellationToken cancellationToken)
    {
        var (confirmedAt, cancelledAt) = (
            cancelled.ConfirmedAt?.ToUniversalTime(),
            cancelled.CancelledAt.ToUniversalTime()
        );
        return db.WriteAsync(
            new OrderFacts(
                cancelled.OrderId,
                cancelled.CustomerId,
                cancelled.Currency,
                cancelled.TotalMinor,
                cancelled.Items
            )
            {
                CustomerName = cancelled.CustomerName,
                Country = cancelled.CustomerCountry,
                PlacedAt = confirmedAt ?? cancelledAt, // An imported return was never placed here.
                ConfirmedAt = confirmedAt,
                CancelledAt = cancelledAt,
            },
            cancellationToken
        );
    }
}
