using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Orders.Contracts;
using OrderSearch.Persistence;

namespace OrderSearch.Reactions;

internal sealed class MarkConfirmedOnOrderConfirmed(OrderSearchDbContext db) : IReaction<OrderConfirmedV2>
{
    public Task Handle(OrderConfirmedV2 confirmed, EventContext context, CancellationToken cancellationToken)
    {
        var confirmedAt = confirmed.ConfirmedAt.ToUniversalTime();
        return db.WriteAsync(
            new OrderFacts(
                confirmed.OrderId,
                confirmed.CustomerId,
                confirmed.Currency,
                confirmed.TotalMinor,
                confirmed.Items
            )
            {
                CustomerName = confirmed.CustomerName,
                Country = confirmed.CustomerCountry,
                PlacedAt = confirmedAt, // An imported order was never placed here.
                ConfirmedAt = confirmedAt,
            },
            cancellationToken
        );
    }
}
