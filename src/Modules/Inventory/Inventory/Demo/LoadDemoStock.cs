using BuildingBlocks.Application;
using BuildingBlocks.Modules;
using Inventory.Domain;
using Inventory.Features;
using Inventory.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Inventory.Demo;

/// <summary>
/// What Northwind has in stock, all in the main warehouse. Whatever somebody has counted since stays as it is.
/// </summary>
internal sealed class LoadDemoStock(InventoryDbContext db, Sender sender) : IDemoData
{
    public async Task Load(CancellationToken cancellationToken)
    {
        var counted = await db
            .StockLevels.Where(level =>
                level.Warehouse == Warehouse.Main && level.CountedAt != null && level.Sku.StartsWith("NW-")
            )
            .Select(level => level.Sku)
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
        foreach (var row in DemoCsv.Read<LoadDemoStock>("stock.csv").Where(row => !counted.Contains(row["sku"])))
        {
            await sender.SendOrThrow(
                new PutStock(row["sku"], Warehouse.Main, (int)row.Number("on_hand")),
                cancellationToken
            );
        }
    }
}
