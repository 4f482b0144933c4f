using System.ComponentModel.DataAnnotations;

namespace Inventory.Contracts;

/// <summary>Pieces of one product in one warehouse.</summary>
/// <param name="Sku">The stock keeping unit, of Catalog.</param>
/// <param name="Warehouse">The warehouse's code, of Inventory.</param>
/// <param name="Quantity">Pieces, 1 or more.</param>
public sealed record StockLine(
    [StringLength(64)] string Sku,
    [StringLength(20)] string Warehouse,
    [Range(1, int.MaxValue)] int Quantity
);
