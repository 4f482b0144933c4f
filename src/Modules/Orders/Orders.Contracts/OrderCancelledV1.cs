using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Orders.Contracts;

/// <summary>
/// The order has come to its end without goods; stock it had is released, money it had paid is on its way back. An
/// order that was imported as a return is announced by this event alone: confirmed once, before its history here
/// begins, and cancelled now.
/// </summary>
/// <param name="OrderId">Made by Orders; also the key.</param>
/// <param name="CustomerId">Of Customers.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="TotalMinor">What the order would have cost, in the currency's minor unit, taxes included.</param>
/// <param name="Items">One entry a product; an imported order may name one in several.</param>
/// <param name="Reason">For the customer to read.</param>
/// <param name="ConfirmedAt">When the order had been confirmed, UTC; null when it never was.</param>
/// <param name="CancelledAt">UTC.</param>
/// <param name="CustomerName">As Orders knew it when the order was placed; null in events written before this member
/// was.</param>
/// <param name="CustomerEmail">As Orders knew it when the order was placed; null in events written before this member
/// was.</param>
/// <param name="CustomerCountry">ISO 3166-1 alpha-2 code, as Orders knew it when the order was placed; null in events
/// written before this member was.</param>
[IntegrationEvent("order.cancelled", version: 1)]
public sealed record OrderCancelledV1(
    Guid OrderId,
    Guid CustomerId,
    [CurrencyCode] string Currency,
    [Range(0, long.MaxValue)] long TotalMinor,
    [MinLength(1)] IReadOnlyList<OrderLine> Items,
    string Reason,
    DateTimeOffset? ConfirmedAt,
    DateTimeOffset CancelledAt,
    [StringLength(200)] string? CustomerName = null,
    [StringLength(254)] string? CustomerEmail = null,
    [CountryCode] string? CustomerCountry = null
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
