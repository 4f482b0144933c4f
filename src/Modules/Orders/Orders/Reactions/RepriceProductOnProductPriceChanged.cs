using BuildingBlocks.EventLog.Consuming;
using Catalog.Contracts;
using Orders.Persistence;

namespace Orders.Reactions;

/// <summary>Takes many at once: a sale changes thousands of prices.</summary>
internal sealed class RepriceProductOnProductPriceChanged(OrdersDbContext db) : IBatchReaction<ProductPriceChangedV1>
{
    public async Task Handle(
        IReadOnlyList<EventWithContext<ProductPriceChangedV1>> events,
        CancellationToken cancellationToken
    )
    {
        var products = await db.CopiesOfProducts(events.Select(one => one.Event.Sku), cancellationToken);
        foreach (var (changed, _) in events)
        {
            var product = products[changed.Sku];
            product.PriceMinor = changed.PriceMinor;
            product.Currency = changed.Currency;
        }
    }
}
