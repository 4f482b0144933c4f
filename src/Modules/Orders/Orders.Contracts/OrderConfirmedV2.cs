using BuildingBlocks.Contracts;

namespace Orders.Contracts;

/// <summary>The order is paid and its stock reserved; nothing has been shipped yet.</summary>
/// <param name="OrderId">Made by Orders; also the key.</param>
/// <param name="CustomerId">Of Customers.</param>
/// <param name="CustomerName">As Orders knew it when the order was placed; null in an event lifted from version 1.</param>
/// <param name="CustomerEmail">As Orders knew it when the order was placed; null in an event lifted from version 1.</param>
/// <param name="CustomerCountry">ISO 3166-1 alpha-2 code, as Orders knew it when the order was placed; null in an event lifted from version 1.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="TotalMinor">In the currency's minor unit, taxes included; the sum of the items.</param>
/// <param name="Items">One entry a product.</param>
/// <param name="ConfirmedAt">UTC.</param>
[IntegrationEvent("order.confirmed", version: 2)]
public sealed record OrderConfirmedV2(
    Guid OrderId,
    Guid CustomerId,
    string? CustomerName,
    string? CustomerEmail,
    string? CustomerCountry,
    string Currency,
    long TotalMinor,
    IReadOnlyList<OrderLine> Items,
    DateTimeOffset ConfirmedAt) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
