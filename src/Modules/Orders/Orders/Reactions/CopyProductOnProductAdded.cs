using BuildingBlocks.EventLog.Consuming;
using Catalog.Contracts;
using Orders.Persistence;

namespace Orders.Reactions;

/// <summary>Takes many at once: an import adds thousands of products.</summary>
internal sealed class CopyProductOnProductAdded(OrdersDbContext db) : IBatchReaction<ProductAddedV1>
{
    public async Task Handle(
        IReadOnlyList<EventWithContext<ProductAddedV1>> events,
        CancellationToken cancellationToken
    )
    {
        var products = await db.CopiesOfProducts(events.Select(one => one.Event.Sku), cancellationToken);
        foreach (var (added, _) in events)
        {
            var product = products[added.Sku];
            product.Name = added.Name;
            product.PriceMinor = added.PriceMinor;
            product.Currency = added.Currency;
            product.Discontinued = false;
        }
    }
}
