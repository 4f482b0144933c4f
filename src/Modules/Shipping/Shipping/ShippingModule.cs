using BuildingBlocks.Modules;
using Shipping.Persistence;

namespace Shipping;

/// <summary>Owns what goes out to customers, and where to; see README.md.</summary>
public sealed class ShippingModule : Module
{
    /// <inheritdoc />
    public override string Name => "shipping";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) =>
        module
            .Database<ShippingDbContext>()
            .References("shipments.order_id", "orders.order")
            .References("shipments.customer_id", "customers.customer")
            .References("shipment_items.sku", "catalog.product")
            .References("customer_addresses.customer_id", "customers.customer")
            .References("customer_addresses.user_id", "users.account");
}
