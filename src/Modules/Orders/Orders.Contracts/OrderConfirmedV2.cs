using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Orders.Contracts;

/// <summary>
/// The order is paid and its stock reserved; nothing has been shipped yet. An order that was imported is announced by
/// this event alone, at its own date.
/// </summary>
/// <param name="OrderId">Made by Orders; also the key.</param>
/// <param name="CustomerId">Of Customers.</param>
/// <param name="CustomerName">As Orders knew it when the order was placed; null in an event lifted from version
/// 1.</param>
/// <param name="CustomerEmail">As Orders knew it when the order was placed; null in an event lifted from version
/// 1.</param>
/// <param name="CustomerCountry">ISO 3166-1 alpha-2 code, as Orders knew it when the order was placed; null in an event
/// lifted from version 1.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="TotalMinor">In the currency's minor unit, taxes included; the sum of the items.</param>
/// <param name="Items">One entry a product; an imported order may name one in several.</param>
/// <param name="ConfirmedAt">UTC.</param>
/// <param name="FulfilledElsewhere">The goods went out before the order was imported: it counts and is found, but
/// nothing is to be shipped.</param>
[IntegrationEvent("order.confirmed", version: 2)]
public sealed record OrderConfirmedV2(
    Guid OrderId,
    Guid CustomerId,
    [StringLength(200)] string? CustomerName,
    [StringLength(254)] string? CustomerEmail,
    [CountryCode] string? CustomerCountry,
    [CurrencyCode] string Currency,
    [Range(0, long.MaxValue)] long TotalMinor,
    [MinLength(1)] IReadOnlyList<OrderLine> Items,
    DateTimeOffset ConfirmedAt,
    bool FulfilledElsewhere = false
) : IIntegrationEvent, IUpcast<OrderConfirmedV1, OrderConfirmedV2>
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();

    /// <inheritdoc />
    public static OrderConfirmedV2 Upcast(OrderConfirmedV1 older)
    {
        ArgumentNullException.ThrowIfNull(older);
        return new(
            older.OrderId,
            older.CustomerId,
            CustomerName: null,
            CustomerEmail: null,
            CustomerCountry: null,
            older.Currency,
            older.TotalMinor,
            older.Items,
            older.ConfirmedAt
        );
    }
}
