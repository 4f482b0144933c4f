using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;
using Sales;

namespace EventLog.Bench;

/// <summary>
/// An EF Core producer as fast as EF Core goes, with pooled contexts and prepared statements, and without any of our
/// building blocks.
/// </summary>
internal sealed class PlainEfVariant : IRunningVariant
{
    private readonly NpgsqlDataSource sales;
    private readonly NpgsqlDataSource ledger;
    private readonly PooledDbContextFactory<PlainDbContext> contexts;
    private readonly BatchConsumer? consumer;

    private PlainEfVariant(Installation installation, bool delivers)
    {
        (sales, ledger) = (RawVariant.Prepared(installation.Sales), RawVariant.Prepared(installation.Ledger));
        contexts = new(new DbContextOptionsBuilder<PlainDbContext>().UseNpgsql(sales).Options);
        consumer = delivers ? new(sales, ledger) : null;
    }

    public Guid? Poisoned => null;

    /// <summary>The order, and one plain row as large as the event.</summary>
    public static Task<IRunningVariant> StartWithoutEventAsync(
        Installation installation,
        CancellationToken cancellationToken
    ) => Task.FromResult<IRunningVariant>(new PlainEfVariant(installation, delivers: false));

    /// <summary>The order and an event, which a hand-written consumer records in batches.</summary>
    public static Task<IRunningVariant> StartWithBatchConsumerAsync(
        Installation installation,
        CancellationToken cancellationToken
    ) => Task.FromResult<IRunningVariant>(new PlainEfVariant(installation, delivers: true));

    public async Task PublishAsync(Guid customerId, CancellationToken cancellationToken)
    {
        var (order, placed) = Order.Place(customerId);
        var payload = JsonSerializer.Serialize(placed, RawVariant.Json);
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            db.Add(order);
            db.Add(
                consumer is null
                    ? new PlainRow { Id = Guid.CreateVersion7(), Payload = payload }
                    : new RawEvent { Payload = payload }
            );
            await db.SaveChangesAsync(cancellationToken);
        }

        consumer?.Wake();
    }

    public Task AppliedAsync(long orders, CancellationToken cancellationToken) =>
        consumer?.AppliedAsync(orders, cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (consumer is not null)
        {
            await consumer.DisposeAsync();
        }

        await sales.DisposeAsync();
        await ledger.DisposeAsync();
    }

    private sealed class PlainDbContext(DbContextOptions<PlainDbContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.HasDefaultSchema("sales");
            modelBuilder.Entity<Order>(order =>
            {
                order.ToTable("orders");
                order.Property(one => one.Id).HasColumnName("id").ValueGeneratedNever();
                order.Property(one => one.CustomerId).HasColumnName("customer_id");
                order.Property(one => one.Total).HasColumnName("total");
                order.Property(one => one.Status).HasColumnName("status");
                order.Property(one => one.PlacedAt).HasColumnName("placed_at");
            });
            modelBuilder.Entity<PlainRow>(row =>
            {
                row.ToTable("plain_rows");
                row.Property(one => one.Id).HasColumnName("id").ValueGeneratedNever();
                row.Property(one => one.Payload).HasColumnName("payload").HasColumnType("jsonb");
            });
            modelBuilder.Entity<RawEvent>(happened =>
            {
                happened.ToTable("raw_events");
                happened.HasKey(one => one.Position);
                happened.Property(one => one.Position).HasColumnName("position").UseIdentityAlwaysColumn();
                happened.Property(one => one.Payload).HasColumnName("payload").HasColumnType("jsonb");
            });
        }
    }

    private sealed class PlainRow
    {
        public Guid Id { get; init; }

        public required string Payload { get; init; }
    }

    private sealed class RawEvent
    {
        public long Position { get; init; }

        public required string Payload { get; init; }
    }
}
