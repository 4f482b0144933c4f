using BuildingBlocks.Messaging;
using Catalog.Contracts;
using Orders.Persistence;

namespace Orders.Reactions;

internal sealed class CopyProductOnProductAdded(OrdersDbContext db) : IReaction<ProductAddedV1>
{
    public async Task Handle(ProductAddedV1 added, EventContext context, CancellationToken cancellationToken)
    {
        var product = await db.CopyOfProduct(added.Sku, cancellationToken);
        product.Name = added.Name;
        product.PriceMinor = added.PriceMinor;
        product.Currency = added.Currency;
        product.Discontinued = false;
    }
}
