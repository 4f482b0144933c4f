using Analytics.Features;
using BuildingBlocks.Testing;
using Customers.Contracts;
using Orders.Contracts;

namespace Analytics.Tests;

/// <summary>
/// Analytics with orders and customers as tests need them. Tests keep out of each other's sums by days and currencies
/// of their own.
/// </summary>
public sealed class AnalyticsFixture : ModuleFixture<AnalyticsModule>
{
    internal static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    internal static OrderLine Line(string sku, int quantity = 2, long unitPriceMinor = 350) =>
        new(sku, "Tea", quantity, unitPriceMinor);

    internal static OrderConfirmedV2 Confirmation(
        string currency,
        DateTimeOffset at,
        string? country,
        params OrderLine[] lines
    ) =>
        new(
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            CustomerName: null,
            CustomerEmail: null,
            country,
            currency,
            Total(lines),
            lines,
            at
        );

    internal static OrderCancelledV1 Cancellation(OrderConfirmedV2 order, DateTimeOffset at) =>
        new(
            order.OrderId,
            order.CustomerId,
            order.Currency,
            order.TotalMinor,
            order.Items,
            "changed my mind",
            order.ConfirmedAt,
            at,
            CustomerCountry: order.CustomerCountry
        );

    internal static CustomerRegisteredV1 Registration(Guid customerId, string? country) =>
        new(customerId, UserId: null, "Grace", "grace@example.com", country, Address: null);

    /// <summary>The items of a report in one currency.</summary>
    internal async Task<IReadOnlyList<RevenueItem>> Revenue(
        string by,
        string currency,
        string? from = null,
        string? to = null
    ) =>
        [
            .. (await Send(new GetRevenue(by, from, to)))
                .Succeeded()
                .Items.Where(item => string.Equals(item.Currency, currency, StringComparison.Ordinal)),
        ];

    private static long Total(OrderLine[] lines) => lines.Sum(line => line.Quantity * line.UnitPriceMinor);
}
