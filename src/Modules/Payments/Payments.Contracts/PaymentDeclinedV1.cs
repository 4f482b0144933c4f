using BuildingBlocks.Contracts;

namespace Payments.Contracts;

/// <summary>The order was not charged and will not be.</summary>
/// <param name="PaymentId">Made by Payments.</param>
/// <param name="OrderId">Of Orders; also the key.</param>
/// <param name="Reason">For the customer to read.</param>
[IntegrationEvent("payment.declined", version: 1)]
public sealed record PaymentDeclinedV1(Guid PaymentId, Guid OrderId, string Reason) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
