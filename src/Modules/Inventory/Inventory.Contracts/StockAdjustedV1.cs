using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Inventory.Contracts;

/// <summary>Somebody counted or corrected what lies in a warehouse.</summary>
/// <param name="Sku">The stock keeping unit, of Catalog; also the key.</param>
/// <param name="Warehouse">The warehouse's code, of Inventory.</param>
/// <param name="OnHand">Pieces that lie there, whoever they are set aside for.</param>
/// <param name="Reserved">Pieces of those that are set aside for orders.</param>
[IntegrationEvent("stock.adjusted", version: 1)]
public sealed record StockAdjustedV1(
    [StringLength(40)] string Sku,
    [StringLength(20)] string Warehouse,
    [Range(0, int.MaxValue)] int OnHand,
    [Range(0, int.MaxValue)] int Reserved
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => Sku;
}
