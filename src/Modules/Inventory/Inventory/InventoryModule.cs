using BuildingBlocks.Modules;
using Inventory.Persistence;

namespace Inventory;

/// <summary>Owns what lies in the warehouses and what of it is set aside for orders; see README.md.</summary>
public sealed class InventoryModule : Module
{
    /// <inheritdoc />
    public override string Name => "inventory";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) =>
        module
            .Database<InventoryDbContext>()
            .References("stock_levels.sku", "catalog.product")
            .References("reservations.order_id", "orders.order");
}
