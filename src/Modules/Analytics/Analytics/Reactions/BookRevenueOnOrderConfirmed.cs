using Analytics.Domain;
using Analytics.Persistence;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Orders.Contracts;

namespace Analytics.Reactions;

internal sealed class BookRevenueOnOrderConfirmed(AnalyticsDbContext db) : IReaction<OrderConfirmedV2>
{
    public Task Handle(OrderConfirmedV2 confirmed, EventContext context, CancellationToken cancellationToken) =>
        db.BookAsync(
            new(
                Entry.Confirmed,
                confirmed.ConfirmedAt,
                confirmed.OrderId,
                confirmed.CustomerId,
                confirmed.CustomerCountry,
                confirmed.Currency,
                confirmed.TotalMinor,
                confirmed.Items
            ),
            cancellationToken
        );
}
