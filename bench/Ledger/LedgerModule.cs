using BuildingBlocks.Modules;
using Ledger.Persistence;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger;

/// <summary>The module that reacts in the benchmark: another schema, another role.</summary>
public sealed class LedgerModule : Module
{
    /// <inheritdoc />
    public override string Name => "ledger";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) =>
        module.Database<LedgerDbContext>().With(services => services.AddSingleton<Poison>());
}
