using BuildingBlocks.Modules;
using Orders.Persistence;

namespace Orders;

/// <summary>Owns orders from placing to their end; see README.md.</summary>
public sealed class OrdersModule : Module
{
    /// <inheritdoc />
    public override string Name => "orders";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) =>
        module
            .Database<OrdersDbContext>()
            .Identifies("order", "orders.id")
            .References("orders.customer_id", "customers.customer")
            .References("orders.customer_user_id", "users.account")
            .References("orders.placed_by", "users.account")
            .References("order_items.sku", "catalog.product")
            .References("customers.id", "customers.customer")
            .References("customers.user_id", "users.account")
            .References("products.sku", "catalog.product")
            .Options<OrdersOptions>();
}
