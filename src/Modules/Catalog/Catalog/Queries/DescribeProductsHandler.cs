using BuildingBlocks.Application;
using Catalog.Contracts.Queries;
using Catalog.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Catalog.Queries;

internal sealed class DescribeProductsHandler(CatalogDbContext db)
    : IModuleQueryHandler<DescribeProducts, ProductsDescription>
{
    public async Task<ProductsDescription?> Handle(DescribeProducts query, CancellationToken cancellationToken)
    {
        var skus = query.Skus.Distinct(StringComparer.Ordinal).ToArray();
        var products = await db
            .Products.Where(product => skus.Contains(product.Sku))
            .OrderBy(product => product.Sku)
            .Select(product => new ProductDescription(
                product.Sku,
                product.Name,
                product.Category,
                product.PriceMinor,
                product.Currency,
                product.Discontinued
            ))
            .ToListAsync(cancellationToken);
        return products.Count == 0 ? null : new(products);
    }
}
