using Billing.Persistence;
using BuildingBlocks.Modules;

namespace Billing;

/// <summary>Owns invoices.</summary>
public sealed class BillingModule : Module
{
    /// <inheritdoc />
    public override string Name => "billing";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) =>
        module.Database<BillingDbContext>().References("invoices.order_id", "shop.order");
}
