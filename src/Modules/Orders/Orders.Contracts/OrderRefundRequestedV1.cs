using BuildingBlocks.Contracts;

namespace Orders.Contracts;

/// <summary>
/// Asks Payments to give back whatever was charged for an order, and to charge nothing for it later. Answered by
/// payment.refunded.
/// </summary>
/// <param name="OrderId">Made by Orders; also the key.</param>
/// <param name="Reason">For the customer's statement.</param>
[IntegrationEvent("order.refund-requested", version: 1)]
public sealed record OrderRefundRequestedV1(Guid OrderId, string Reason) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
