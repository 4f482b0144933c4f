using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Payments.Contracts;

/// <summary>
/// Whatever was charged for the order has been given back, and nothing will be charged for it any more.
/// </summary>
/// <param name="PaymentId">Made by Payments.</param>
/// <param name="OrderId">Of Orders; also the key.</param>
/// <param name="AmountMinor">What was given back, in the currency's minor unit; 0 when nothing had been
/// charged.</param>
/// <param name="Currency">ISO 4217 code; XXX, no currency, when the order had not asked to be paid.</param>
/// <param name="RefundedAt">UTC, by our clock.</param>
[IntegrationEvent("payment.refunded", version: 1)]
public sealed record PaymentRefundedV1(
    Guid PaymentId,
    Guid OrderId,
    [Range(0, long.MaxValue)] long AmountMinor,
    [CurrencyCode(AllowsNone = true)] string Currency,
    DateTimeOffset RefundedAt
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
