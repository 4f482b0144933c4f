using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Catalog.Contracts;
using Orders.Persistence;

namespace Orders.Reactions;

internal sealed class RenameProductOnProductUpdated(OrdersDbContext db) : IReaction<ProductUpdatedV1>
{
    public async Task Handle(ProductUpdatedV1 updated, EventContext context, CancellationToken cancellationToken)
    {
        var product = await db.CopyOfProduct(updated.Sku, cancellationToken);
        product.Name = updated.Name;
    }
}
