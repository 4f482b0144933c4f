using BuildingBlocks.Modules;
using Sales.Persistence;

namespace Sales;

/// <summary>The module that publishes in the benchmark.</summary>
public sealed class SalesModule : Module
{
    /// <inheritdoc />
    public override string Name => "sales";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) => module.Database<SalesDbContext>();
}
