using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.Tests.Probe;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuildingBlocks.Tests.Database;

internal sealed class ProbeDbContext(DbContextOptions<ProbeDbContext> options) : ModuleDbContext(options, "probe")
{
    public DbSet<Note> Notes => Set<Note>();

    public DbSet<Trip> Trips => Set<Trip>();

    public DbSet<Balance> Balances => Set<Balance>();
}

internal sealed class Note
{
    public Guid Id { get; init; }

    public required string Title { get; set; }

    public int Times { get; init; }

    public string? Colour { get; init; }
}

internal sealed class Effect
{
    public long Id { get; init; }

    public Guid EventId { get; init; }

    public required string Key { get; init; }

    public required string Text { get; init; }

    public required string CorrelationId { get; init; }

    public string? CausationId { get; init; }

    public string? TraceParent { get; init; }

    public static Effect Of(EventContext context, string text) =>
        new()
        {
            EventId = context.EventId,
            Key = context.Key,
            Text = text,
            CorrelationId = context.CorrelationId,
            CausationId = context.CausationId,
            TraceParent = context.TraceParent,
        };
}

internal sealed class Balance
{
    public Guid CustomerId { get; init; }

    public long Points { get; set; }

    public BalanceAddress Address { get; init; } = new();
}

/// <summary>Owned, in a table of its own: it may change while its owner does not.</summary>
internal sealed class BalanceAddress
{
    public long Changes { get; set; }
}

internal sealed class NoteConfiguration : IEntityTypeConfiguration<Note>
{
    public void Configure(EntityTypeBuilder<Note> builder) => builder.ToTable("notes");
}

internal sealed class EffectConfiguration : IEntityTypeConfiguration<Effect>
{
    public void Configure(EntityTypeBuilder<Effect> builder) => builder.ToTable("effects");
}

internal sealed class TripConfiguration : IEntityTypeConfiguration<Trip>
{
    public void Configure(EntityTypeBuilder<Trip> builder) => builder.ToTable("trips");
}

internal sealed class BalanceConfiguration : IEntityTypeConfiguration<Balance>
{
    public void Configure(EntityTypeBuilder<Balance> builder)
    {
        builder.ToTable("balances");
        builder.HasKey(balance => balance.CustomerId);
        builder.Property(balance => balance.CustomerId).ValueGeneratedNever();
        builder.OwnsOne(balance => balance.Address, address => address.ToTable("addresses"));
    }
}
