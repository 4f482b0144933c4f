using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Orders.Contracts;

/// <summary>Asks Payments to charge an order once. Answered by payment.captured or payment.declined.</summary>
/// <param name="OrderId">Made by Orders; also the key, and what makes the charge idempotent.</param>
/// <param name="CustomerUserId">The account that may see the payment, of Users; null when only admins may.</param>
/// <param name="AmountMinor">In the currency's minor unit, taxes included.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="PaymentToken">The gateway's single-use stand-in for a card; no card data ever enters the
/// system.</param>
[IntegrationEvent("order.payment-requested", version: 1)]
public sealed record OrderPaymentRequestedV1(
    Guid OrderId,
    Guid? CustomerUserId,
    [Range(0, long.MaxValue)] long AmountMinor,
    [CurrencyCode] string Currency,
    [StringLength(200)] string PaymentToken
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
