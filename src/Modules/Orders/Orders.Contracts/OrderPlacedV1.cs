using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Orders.Contracts;

/// <summary>An order was accepted; neither is its stock reserved nor its payment charged yet.</summary>
/// <param name="OrderId">Made by Orders; also the key.</param>
/// <param name="CustomerId">Of Customers.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="TotalMinor">In the currency's minor unit, taxes included; the sum of the items.</param>
/// <param name="Items">One entry a product.</param>
[IntegrationEvent("order.placed", version: 1)]
public sealed record OrderPlacedV1(
    Guid OrderId,
    Guid CustomerId,
    [CurrencyCode] string Currency,
    [Range(0, long.MaxValue)] long TotalMinor,
    [MinLength(1)] IReadOnlyList<OrderLine> Items
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
