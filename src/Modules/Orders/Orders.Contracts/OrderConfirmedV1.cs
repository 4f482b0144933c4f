using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Orders.Contracts;

/// <summary>
/// The order is paid and its stock reserved; nothing has been shipped yet. Superseded by
/// <see cref="OrderConfirmedV2"/>, which also says who the customer is; no longer published, and stored ones are
/// delivered as the newer version.
/// </summary>
/// <param name="OrderId">Made by Orders; also the key.</param>
/// <param name="CustomerId">Of Customers.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="TotalMinor">In the currency's minor unit, taxes included; the sum of the items.</param>
/// <param name="Items">One entry a product.</param>
/// <param name="ConfirmedAt">UTC.</param>
[IntegrationEvent("order.confirmed", version: 1)]
public sealed record OrderConfirmedV1(
    Guid OrderId,
    Guid CustomerId,
    [CurrencyCode] string Currency,
    [Range(0, long.MaxValue)] long TotalMinor,
    [MinLength(1)] IReadOnlyList<OrderLine> Items,
    DateTimeOffset ConfirmedAt
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
