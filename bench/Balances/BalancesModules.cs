using Balances.Persistence;
using BuildingBlocks.Modules;
using Microsoft.Extensions.DependencyInjection;

namespace Balances;

/// <summary>Changes rows that have a concurrency token.</summary>
public sealed class GuardedBalancesModule : Module
{
    /// <inheritdoc />
    public override string Name => "balances";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) =>
        module
            .Database<BalancesDbContext>()
            .With(services => services.AddSingleton(new BalanceRow(typeof(GuardedBalance))));
}

/// <summary>Changes rows that have none; runs in the place of the other.</summary>
public sealed class UnguardedBalancesModule : Module
{
    /// <inheritdoc />
    public override string Name => "balances";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) =>
        module
            .Database<BalancesDbContext>()
            .With(services => services.AddSingleton(new BalanceRow(typeof(UnguardedBalance))));
}

/// <summary>The entity that the reaction changes.</summary>
internal sealed record BalanceRow(Type Type);
