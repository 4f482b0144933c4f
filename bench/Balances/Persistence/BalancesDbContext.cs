using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Balances.Persistence;

/// <summary>The DbContext of the Balances schema.</summary>
public sealed class BalancesDbContext(DbContextOptions<BalancesDbContext> options)
    : ModuleDbContext(options, "balances");

/// <summary>The row that the reaction finds and changes.</summary>
public abstract class Balance
{
    /// <summary>The key.</summary>
    public Guid CustomerId { get; init; }

    /// <summary>How many were added.</summary>
    public int Orders { get; private set; }

    /// <summary>Their sum.</summary>
    public decimal Total { get; private set; }

    /// <summary>Adds an order of the customer.</summary>
    /// <param name="total">Its total.</param>
    public void Add(decimal total)
    {
        Orders++;
        Total += total;
    }
}

/// <summary>With a concurrency token, as every entity has by default.</summary>
public sealed class GuardedBalance : Balance;

/// <summary>Without.</summary>
public sealed class UnguardedBalance : Balance;

internal sealed class GuardedBalanceConfiguration : IEntityTypeConfiguration<GuardedBalance>
{
    public void Configure(EntityTypeBuilder<GuardedBalance> builder)
    {
        builder.ToTable("guarded_balances");
        builder.HasKey(balance => balance.CustomerId);
    }
}

internal sealed class UnguardedBalanceConfiguration : IEntityTypeConfiguration<UnguardedBalance>
{
    public void Configure(EntityTypeBuilder<UnguardedBalance> builder)
    {
        builder.ToTable("unguarded_balances");
        builder.HasKey(balance => balance.CustomerId);
        builder.NeedsNoConcurrencyToken("It is held against the one that has a token; no two lanes share a key.");
    }
}
