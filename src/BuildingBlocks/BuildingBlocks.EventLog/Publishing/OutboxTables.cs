using BuildingBlocks.EventLog.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuildingBlocks.EventLog.Publishing;

/// <summary>Maps OutboxEvent to outbox.</summary>
/// <remarks>The table is made by the log's own migrations, and no module's to change.</remarks>
internal sealed class OutboxEventConfiguration : IEntityTypeConfiguration<OutboxEvent>
{
    public void Configure(EntityTypeBuilder<OutboxEvent> builder)
    {
        builder.ToTable("outbox", table => table.ExcludeFromMigrations());
        builder.HasKey(happened => happened.EventId);
        builder.Property(happened => happened.EventId).ValueGeneratedNever();
        builder.Property(happened => happened.TxId).HasColumnType("xid8").ValueGeneratedOnAdd();
        builder.Property(happened => happened.Payload).HasColumnType("jsonb");
        builder.NeedsNoConcurrencyToken("Events are only ever added.");
    }
}

/// <summary>Maps ScheduledEvent to scheduled_events.</summary>
/// <remarks>The table is made by the log's own migrations, and no module's to change.</remarks>
internal sealed class ScheduledEventConfiguration : IEntityTypeConfiguration<ScheduledEvent>
{
    public void Configure(EntityTypeBuilder<ScheduledEvent> builder)
    {
        builder.ToTable("scheduled_events", table => table.ExcludeFromMigrations());
        builder.HasKey(happened => happened.EventId);
        builder.Property(happened => happened.EventId).ValueGeneratedNever();
        builder.Property(happened => happened.Payload).HasColumnType("jsonb");
        builder.NeedsNoConcurrencyToken(
            "A DbContext only adds scheduled events; the scheduler moves them with locked rows."
        );
    }
}
