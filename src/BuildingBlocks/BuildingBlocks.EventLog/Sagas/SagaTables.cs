using BuildingBlocks.EventLog.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BuildingBlocks.EventLog.Sagas;

/// <summary>Maps SagaInstance to sagas.</summary>
/// <remarks>The table is made by the log's own migrations, and no module's to change.</remarks>
internal sealed class SagaInstanceConfiguration : IEntityTypeConfiguration<SagaInstance>
{
    public void Configure(EntityTypeBuilder<SagaInstance> builder)
    {
        builder.ToTable("sagas", table => table.ExcludeFromMigrations());
        builder.HasKey(instance => new { instance.Saga, instance.Id });
        builder
            .Property(instance => instance.Status)
            .HasConversion(status => status.ToString().ToLowerInvariant(), text => Enum.Parse<SagaStatus>(text, true));
    }
}

/// <summary>Maps SagaHistoryEntry to saga_history.</summary>
/// <remarks>The table is made by the log's own migrations, and no module's to change.</remarks>
internal sealed class SagaHistoryEntryConfiguration : IEntityTypeConfiguration<SagaHistoryEntry>
{
    public void Configure(EntityTypeBuilder<SagaHistoryEntry> builder)
    {
        builder.ToTable("saga_history", table => table.ExcludeFromMigrations());
        builder.HasKey(entry => entry.Position);
        builder.Property(entry => entry.Position).ValueGeneratedOnAdd();
        builder.NeedsNoConcurrencyToken("History is only ever added to.");
    }
}
