using BuildingBlocks.Application;

namespace Inventory.Domain;

internal static class StockErrors
{
    private const string UnknownSkuCode = "inventory.unknown-sku";

    public static Error NoSuchSku { get; } =
        Error.NotFound(
            UnknownSkuCode,
            "There is no stock of this SKU, for no such product was ever sold; GET /catalog/products lists those "
                + "there are."
        );

    public static Error UnknownSku { get; } =
        Error.Unprocessable(
            UnknownSkuCode,
            "No product has this SKU. Add it with POST /catalog/products first; if you just did, repeat this in a "
                + "moment."
        );
}
