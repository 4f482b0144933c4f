using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Billing.Contracts;

/// <summary>An order has its invoice.</summary>
/// <param name="OrderId">Of Shop; also the key.</param>
/// <param name="AmountMinor">In cents.</param>
[IntegrationEvent("invoice.written", version: 1)]
public sealed record InvoiceWrittenV1(Guid OrderId, [Range(1, 1_000_000)] long AmountMinor) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
