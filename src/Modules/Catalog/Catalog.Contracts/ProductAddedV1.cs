using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Catalog.Contracts;

/// <summary>A product can be ordered from now on; whether any is in stock is for Inventory to say.</summary>
/// <param name="Sku">The stock keeping unit, upper case, unique; also the key.</param>
/// <param name="Name">What it is called in shops.</param>
/// <param name="Category">The category's name.</param>
/// <param name="PriceMinor">For one piece, in the currency's minor unit, taxes included.</param>
/// <param name="Currency">ISO 4217 code.</param>
[IntegrationEvent("product.added", version: 1)]
public sealed record ProductAddedV1(
    [StringLength(40)] string Sku,
    [StringLength(200)] string Name,
    [StringLength(100)] string Category,
    [Range(0, 1_000_000_000_000)] long PriceMinor,
    [CurrencyCode] string Currency
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => Sku;
}
