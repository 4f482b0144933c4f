using BuildingBlocks.Modules;
using Catalog.Domain;
using Catalog.Persistence;

namespace Catalog;

/// <summary>Owns what is sold, in which category and at which price; see README.md.</summary>
public sealed class CatalogModule : Module
{
    /// <inheritdoc />
    public override string Name => "catalog";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) =>
        module
            .Database<CatalogDbContext>()
            .Identifies("product", "products.sku")
            .Refuses("products_pkey", ProductErrors.SkuTaken)
            .Refuses("categories_pkey", CategoryErrors.NameTaken)
            .Refuses("categories_name_key", CategoryErrors.NameTaken);
}
