using BuildingBlocks.Application;

namespace Catalog.Domain;

internal static class ProductErrors
{
    public static Error SkuTaken { get; } =
        Error.Conflict(
            "catalog.sku-taken",
            "There is a product with this SKU already. Choose another SKU, or change that product."
        );

    public static Error Unknown { get; } =
        Error.NotFound(
            "catalog.unknown-product",
            "There is no product with this SKU; GET /catalog/products lists them."
        );
}
