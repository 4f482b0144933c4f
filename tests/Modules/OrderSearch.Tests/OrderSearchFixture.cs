using BuildingBlocks.Application;
using BuildingBlocks.Testing;
using Customers.Contracts;
using Orders.Contracts;
using OrderSearch.Features;

namespace OrderSearch.Tests;

/// <summary>Order search with customers and orders as tests need them.</summary>
public sealed class OrderSearchFixture : ModuleFixture<OrderSearchModule>
{
    internal static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    internal static readonly SearchOrders All = new(
        Country: null,
        Sku: null,
        Text: null,
        ConfirmedSince: null,
        Status: null,
        Cursor: null,
        Limit: null
    );

    /// <summary>A customer with an account.</summary>
    internal async Task<(Guid CustomerId, As User)> Customer(string? country = "DE", string name = "Ada")
    {
        var (customerId, userId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Given(new CustomerRegisteredV1(customerId, userId, name, "ada@example.com", country, Address: null));
        return (customerId, As.User(userId));
    }

    /// <summary>An order that has just been confirmed, as an imported one is.</summary>
    internal async Task<Guid> Confirmed(Guid customerId, DateTimeOffset at, params OrderLine[] lines)
    {
        var orderId = Guid.CreateVersion7();
        await Given(Confirmation(orderId, customerId, at, lines));
        return orderId;
    }

    /// <summary>A SKU that no other test uses.</summary>
    internal static string NewSku() => Guid.CreateVersion7().ToString("N").ToUpperInvariant();

    internal static OrderLine Line(string sku, string name = "Tea", int quantity = 2, long unitPriceMinor = 350) =>
        new(sku, name, quantity, unitPriceMinor);

    internal static OrderPlacedV1 Placement(Guid orderId, Guid customerId, params OrderLine[] lines) =>
        new(orderId, customerId, "EUR", Total(lines), lines);

    internal static OrderConfirmedV2 Confirmation(
        Guid orderId,
        Guid customerId,
        DateTimeOffset at,
        params OrderLine[] lines
    ) =>
        new(
            orderId,
            customerId,
            CustomerName: null,
            CustomerEmail: null,
            CustomerCountry: null,
            "EUR",
            Total(lines),
            lines,
            at
        );

    internal static OrderCancelledV1 Cancellation(
        Guid orderId,
        Guid customerId,
        DateTimeOffset? confirmedAt,
        DateTimeOffset at,
        params OrderLine[] lines
    ) => new(orderId, customerId, "EUR", Total(lines), lines, "changed my mind", confirmedAt, at);

    internal async Task<SearchOrdersAnswer> Search(SearchOrders query, As? caller = null) =>
        (await Send(query, caller)).Succeeded();

    /// <summary>The ids that a search answers, over all its pages.</summary>
    internal async Task<IReadOnlyList<Guid>> Found(SearchOrders query, As? caller = null)
    {
        List<Guid> found = [];
        do
        {
            var page = await Search(query, caller);
            found.AddRange(page.Items.Select(order => order.OrderId));
            query = query with { Cursor = page.NextCursor };
        } while (query.Cursor is not null);

        return found;
    }

    internal async Task<Error> Refusal(SearchOrders query) => (await Send(query)).Error.ShouldNotBeNull();

    private static long Total(OrderLine[] lines) => lines.Sum(line => line.Quantity * line.UnitPriceMinor);
}
