using Analytics.Domain;
using Analytics.Persistence;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Orders.Contracts;

namespace Analytics.Reactions;

internal sealed class BookReturnOnOrderCancelled(AnalyticsDbContext db) : IReaction<OrderCancelledV1>
{
    public Task Handle(OrderCancelledV1 cancelled, EventContext context, CancellationToken cancellationToken) =>
        cancelled.ConfirmedAt is null
            ? Task.CompletedTask // Never confirmed, never counted.
            : db.BookAsync(
                new(
                    Entry.Cancelled,
                    cancelled.CancelledAt,
                    cancelled.OrderId,
                    cancelled.CustomerId,
                    cancelled.CustomerCountry,
                    cancelled.Currency,
                    cancelled.TotalMinor,
                    cancelled.Items
                ),
                cancellationToken
            );
}
