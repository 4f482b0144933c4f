using BuildingBlocks.Contracts;

namespace Orders.Contracts;

/// <summary>The order has come to its end without goods; stock it had is released, money it had paid is on its way back.</summary>
/// <param name="OrderId">Made by Orders; also the key.</param>
/// <param name="CustomerId">Of Customers.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="TotalMinor">What the order would have cost, in the currency's minor unit, taxes included.</param>
/// <param name="Items">One entry a product.</param>
/// <param name="Reason">For the customer to read.</param>
/// <param name="ConfirmedAt">When the order had been confirmed, UTC; null when it never was.</param>
/// <param name="CancelledAt">UTC.</param>
[IntegrationEvent("order.cancelled", version: 1)]
public sealed record OrderCancelledV1(
    Guid OrderId,
    Guid CustomerId,
    string Currency,
    long TotalMinor,
    IReadOnlyList<OrderLine> Items,
    string Reason,
    DateTimeOffset? ConfirmedAt,
    DateTimeOffset CancelledAt) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
