using BuildingBlocks.Messaging;
using Catalog.Contracts;
using Orders.Persistence;

namespace Orders.Reactions;

internal sealed class RepriceProductOnProductPriceChanged(OrdersDbContext db) : IReaction<ProductPriceChangedV1>
{
    public async Task Handle(ProductPriceChangedV1 changed, EventContext context, CancellationToken cancellationToken)
    {
        var product = await db.CopyOfProduct(changed.Sku, cancellationToken);
        product.PriceMinor = changed.PriceMinor;
        product.Currency = changed.Currency;
    }
}
