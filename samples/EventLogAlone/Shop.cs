using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Migrations;
using BuildingBlocks.EventLog.Publishing;
using Microsoft.EntityFrameworkCore;

namespace EventLogAlone;

/// <summary>An order was taken.</summary>
/// <param name="TotalMinor">In cents.</param>
[IntegrationEvent("order.placed", version: 1)]
public sealed record OrderPlacedV1(Guid OrderId, long TotalMinor) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}

internal sealed record Order(Guid Id, long TotalMinor);

internal sealed class ShopDbContext(DbContextOptions<ShopDbContext> options) : ModuleDbContext(options, "shop")
{
    public static readonly Migration Orders = new(
        "module",
        "0001_orders.sql",
        "create table orders (id uuid primary key, total_minor bigint not null)"
    );

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>().ToTable("orders");
        base.OnModelCreating(modelBuilder);
    }
}
