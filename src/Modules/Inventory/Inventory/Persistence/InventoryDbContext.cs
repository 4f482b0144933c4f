using BuildingBlocks.EventLog.Publishing;
using Inventory.Domain;
using Microsoft.EntityFrameworkCore;

namespace Inventory.Persistence;

internal sealed class InventoryDbContext(DbContextOptions<InventoryDbContext> options)
    : ModuleDbContext(options, "inventory")
{
    public DbSet<Warehouse> Warehouses => Set<Warehouse>();

    public DbSet<StockLevel> StockLevels => Set<StockLevel>();

    public DbSet<Reservation> Reservations => Set<Reservation>();

    /// <summary>
    /// Makes sure that there is a level to lock. Whoever comes second waits for the first, so both end up with the same
    /// row.
    /// </summary>
    public Task OpenLevelAsync(string sku, string warehouse, CancellationToken cancellationToken) =>
        Database.ExecuteSqlAsync(
            $"""
            insert into warehouses (code) values ({warehouse}) on conflict do nothing;
            insert into stock_levels (sku, warehouse, on_hand, reserved) values ({sku}, {warehouse}, 0, 0) on conflict do nothing
            """,
            cancellationToken
        );

    /// <summary>
    /// All levels of these products, as they are once nobody else is changing them; nobody else changes them before the
    /// transaction at hand ends. Locked in one order everywhere, so that two orders for the same products wait for each
    /// other instead of blocking each other.
    /// </summary>
    public Task<List<StockLevel>> LockLevelsAsync(IEnumerable<string> skus, CancellationToken cancellationToken)
    {
        var wanted = skus.Distinct(StringComparer.Ordinal).ToArray();
        return StockLevels
            .FromSql($"select *, xmin from stock_levels where sku = any({wanted}) order by sku, warehouse for update")
            .ToListAsync(cancellationToken);
    }
}
