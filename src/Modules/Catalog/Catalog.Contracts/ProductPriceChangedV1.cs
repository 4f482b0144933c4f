using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Catalog.Contracts;

/// <summary>A product has a new price. Orders placed before keep the price they were placed at.</summary>
/// <param name="Sku">The stock keeping unit; also the key.</param>
/// <param name="PriceMinor">For one piece, in the currency's minor unit, taxes included.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="PreviousPriceMinor">The price until now, in <paramref name="PreviousCurrency"/>.</param>
/// <param name="PreviousCurrency">ISO 4217 code.</param>
[IntegrationEvent("product.price-changed", version: 1)]
public sealed record ProductPriceChangedV1(
    [StringLength(40)] string Sku,
    [Range(0, 1_000_000_000_000)] long PriceMinor,
    [CurrencyCode] string Currency,
    [Range(0, 1_000_000_000_000)] long PreviousPriceMinor,
    [CurrencyCode] string PreviousCurrency
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => Sku;
}
