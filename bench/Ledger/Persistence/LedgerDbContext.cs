using BuildingBlocks.EventLog.Publishing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ledger.Persistence;

/// <summary>The DbContext of the module's schema.</summary>
public sealed class LedgerDbContext(DbContextOptions<LedgerDbContext> options) : ModuleDbContext(options, "ledger")
{
    /// <summary>One an order.</summary>
    public DbSet<Entry> Entries => Set<Entry>();
}

/// <summary>What the reaction inserts.</summary>
public sealed class Entry
{
    /// <summary>The key: a second effect of one event would not pass unnoticed.</summary>
    public Guid OrderId { get; init; }

    /// <summary>Whose.</summary>
    public Guid CustomerId { get; init; }

    /// <summary>In some currency.</summary>
    public decimal Total { get; init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset PlacedAt { get; init; }
}

internal sealed class EntryConfiguration : IEntityTypeConfiguration<Entry>
{
    public void Configure(EntityTypeBuilder<Entry> builder)
    {
        builder.ToTable("entries");
        builder.HasKey(entry => entry.OrderId);
        builder.Property(entry => entry.OrderId).ValueGeneratedNever();
    }
}
