using Analytics.Persistence;
using BuildingBlocks.Modules;

namespace Analytics;

/// <summary>Keeps revenue by day, country and product, and what happened; see README.md.</summary>
public sealed class AnalyticsModule : Module
{
    /// <inheritdoc />
    public override string Name => "analytics";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) =>
        module
            .Database<AnalyticsDbContext>()
            .Projection()
            .References("bookings.order_id", "orders.order")
            .References("bookings.customer_id", "customers.customer")
            .References("customers.id", "customers.customer")
            .References("revenue_by_product.sku", "catalog.product");
}
