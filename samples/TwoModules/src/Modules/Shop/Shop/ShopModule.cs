using BuildingBlocks.Modules;
using Shop.Persistence;

namespace Shop;

/// <summary>Owns orders.</summary>
public sealed class ShopModule : Module
{
    /// <inheritdoc />
    public override string Name => "shop";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) => module.Database<ShopDbContext>();
}
