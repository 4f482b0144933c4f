using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Payments.Contracts;

/// <summary>The order's whole amount was charged, once.</summary>
/// <param name="PaymentId">Made by Payments.</param>
/// <param name="OrderId">Of Orders; also the key.</param>
/// <param name="AmountMinor">In the currency's minor unit.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="CapturedAt">UTC, by our clock.</param>
[IntegrationEvent("payment.captured", version: 1)]
public sealed record PaymentCapturedV1(
    Guid PaymentId,
    Guid OrderId,
    [Range(0, long.MaxValue)] long AmountMinor,
    [CurrencyCode] string Currency,
    DateTimeOffset CapturedAt
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
