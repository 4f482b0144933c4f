using BuildingBlocks.Modules;
using Orders.Persistence;

namespace Orders;

/// <summary>Owns orders from placing to their end; see README.md.</summary>
public sealed class OrdersModule : Module
{
    /// <inheritdoc />
    public override string Name => "orders";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) => module
        .Database<OrdersDbContext>()
        .Options<OrdersOptions>();
}
