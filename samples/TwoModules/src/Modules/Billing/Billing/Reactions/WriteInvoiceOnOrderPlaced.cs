using Billing.Contracts;
using Billing.Domain;
using Billing.Persistence;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Publishing;
using Shop.Contracts;

namespace Billing.Reactions;

/// <summary>Committed with the checkpoint: one invoice for each order, whatever is killed.</summary>
internal sealed class WriteInvoiceOnOrderPlaced(BillingDbContext db) : IReaction<OrderPlacedV1>
{
    public Task Handle(OrderPlacedV1 placed, EventContext context, CancellationToken cancellationToken)
    {
        db.Add(new Invoice(placed.OrderId, placed.TotalMinor));
        db.Publish(new InvoiceWrittenV1(placed.OrderId, placed.TotalMinor));
        return Task.CompletedTask;
    }
}
