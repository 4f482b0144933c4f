using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Catalog.Contracts;
using Inventory.Domain;
using Inventory.Persistence;

namespace Inventory.Reactions;

/// <summary>
/// A new product has a stock of nothing in the main warehouse, so that it can be asked for and counted from now on.
/// </summary>
internal sealed class OpenStockOnProductAdded(InventoryDbContext db) : IReaction<ProductAddedV1>
{
    public Task Handle(ProductAddedV1 added, EventContext context, CancellationToken cancellationToken) =>
        db.OpenLevelAsync(Sku.Normalize(added.Sku), Warehouse.Main, cancellationToken);
}
