using BuildingBlocks.Persistence;
using BuildingBlocks.Sagas;
using Microsoft.EntityFrameworkCore;

namespace BuildingBlocks.Messaging;

/// <summary>
/// How the rows that a DbContext itself writes into the event log and the saga tables are mapped. The tables are made by the migrations of the building
/// blocks, and no module's to change.
/// </summary>
internal static class EventLogModel
{
    public static void AddTo(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<OutboxEvent>(outbox =>
        {
            outbox.ToTable("outbox", table => table.ExcludeFromMigrations());
            outbox.HasKey(happened => happened.EventId);
            outbox.Property(happened => happened.EventId).ValueGeneratedNever();
            outbox.Property(happened => happened.TxId).HasColumnType("xid8").ValueGeneratedOnAdd();
            outbox.Property(happened => happened.Payload).HasColumnType("jsonb");
            outbox.NeedsNoConcurrencyToken("Events are only ever added.");
        });
        modelBuilder.Entity<ScheduledEvent>(scheduled =>
        {
            scheduled.ToTable("scheduled_events", table => table.ExcludeFromMigrations());
            scheduled.HasKey(happened => happened.EventId);
            scheduled.Property(happened => happened.EventId).ValueGeneratedNever();
            scheduled.Property(happened => happened.Payload).HasColumnType("jsonb");
            scheduled.NeedsNoConcurrencyToken("A DbContext only adds scheduled events; the scheduler moves them with locked rows.");
        });
        modelBuilder.Entity<SagaInstance>(saga =>
        {
            saga.ToTable("sagas", table => table.ExcludeFromMigrations());
            saga.HasKey(instance => new { instance.Saga, instance.Id });
            saga.Property(instance => instance.Status).HasConversion(status => status.ToString().ToLowerInvariant(), text => Enum.Parse<SagaStatus>(text, true));
        });
        modelBuilder.Entity<SagaHistoryEntry>(history =>
        {
            history.ToTable("saga_history", table => table.ExcludeFromMigrations());
            history.HasKey(entry => entry.Position);
            history.Property(entry => entry.Position).ValueGeneratedOnAdd();
            history.NeedsNoConcurrencyToken("History is only ever added to.");
        });
    }
}
