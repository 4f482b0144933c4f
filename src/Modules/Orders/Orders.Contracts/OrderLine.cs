using System.ComponentModel.DataAnnotations;

namespace Orders.Contracts;

/// <summary>One product of an order, at the price it was ordered at.</summary>
/// <param name="Sku">The stock keeping unit, of Catalog.</param>
/// <param name="ProductName">As it was called when the order was placed.</param>
/// <param name="Quantity">Pieces, 1 or more.</param>
/// <param name="UnitPriceMinor">For one piece, in the minor unit of the order's currency, taxes included.</param>
public sealed record OrderLine(
    [StringLength(64)] string Sku,
    [StringLength(200)] string ProductName,
    [Range(1, int.MaxValue)] int Quantity,
    [Range(0, long.MaxValue)] long UnitPriceMinor
);
