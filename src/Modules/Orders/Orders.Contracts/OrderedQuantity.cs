using System.ComponentModel.DataAnnotations;

namespace Orders.Contracts;

/// <summary>How much of a product an order wants.</summary>
/// <param name="Sku">The stock keeping unit, of Catalog; once an order.</param>
/// <param name="Quantity">Pieces, 1 or more.</param>
public sealed record OrderedQuantity([StringLength(64)] string Sku, [Range(1, int.MaxValue)] int Quantity);
