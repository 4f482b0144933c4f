using BuildingBlocks.Application;
using BuildingBlocks.Modules;
using Catalog.Features;
using Catalog.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Catalog.Demo;

/// <summary>Northwind's categories and products, priced in US dollars.</summary>
internal sealed class LoadDemoCatalog(CatalogDbContext db, Sender sender) : IDemoData
{
    public async Task Load(CancellationToken cancellationToken)
    {
        var described = await db
            .Categories.Where(category => category.Description != null)
            .Select(category => category.Name)
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
        foreach (
            var row in DemoCsv.Read<LoadDemoCatalog>("categories.csv").Where(row => !described.Contains(row["name"]))
        )
        {
            await sender.SendOrThrow(new AddCategory(row["name"], row["description"]), cancellationToken);
        }

        var known = await db
            .Products.Where(product => product.Sku.StartsWith("NW-"))
            .Select(product => new { product.Sku, product.Discontinued })
            .ToDictionaryAsync(
                product => product.Sku,
                product => product.Discontinued,
                StringComparer.Ordinal,
                cancellationToken
            );
        foreach (var row in DemoCsv.Read<LoadDemoCatalog>("products.csv"))
        {
            if (!known.TryGetValue(row["sku"], out var discontinued))
            {
                AddProduct add = new(row["sku"], row["name"], row["category"], row.Number("price_minor"), "USD");
                await sender.SendOrThrow(add, cancellationToken);
            }

            if (!discontinued && row["discontinued"] is "yes")
            {
                await sender.SendOrThrow(new DiscontinueProduct(row["sku"]), cancellationToken);
            }
        }
    }
}
