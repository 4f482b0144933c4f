using BuildingBlocks.Modules;
using Ledger.Persistence;

namespace BatchLedger;

/// <summary>The module Ledger with a batch reaction in the place of the one that takes each event by itself.</summary>
public sealed class BatchLedgerModule : Module
{
    /// <inheritdoc />
    public override string Name => "ledger";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) => module.Database<LedgerDbContext>();
}
