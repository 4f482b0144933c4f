using System.ComponentModel.DataAnnotations;

namespace Shipping.Contracts;

/// <summary>One product in a shipment.</summary>
/// <param name="Sku">The stock keeping unit, of Catalog.</param>
/// <param name="ProductName">As it was called when the order was placed.</param>
/// <param name="Quantity">Pieces, 1 or more.</param>
public sealed record ShipmentLine(
    [StringLength(64)] string Sku,
    [StringLength(200)] string ProductName,
    [Range(1, int.MaxValue)] int Quantity
);
