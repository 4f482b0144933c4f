using BuildingBlocks.Application;
using Orders.Contracts;
using Orders.Domain;

namespace Orders.Tests;

public sealed class OrderTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Customer customer = new(Guid.CreateVersion7())
    {
        UserId = Guid.CreateVersion7(),
        Name = "Ada",
        Email = "ada@example.com",
        Country = "DE",
        HasAddress = true,
    };

    private readonly Dictionary<string, Product> products = new(StringComparer.Ordinal)
    {
        ["TEA"] = new("TEA")
        {
            Name = "Tea",
            PriceMinor = 350,
            Currency = "EUR",
        },
        ["JAM"] = new("JAM")
        {
            Name = "Jam",
            PriceMinor = 499,
            Currency = "EUR",
        },
        ["OLD"] = new("OLD")
        {
            Name = "Old",
            PriceMinor = 100,
            Currency = "EUR",
            Discontinued = true,
        },
        ["USD"] = new("USD")
        {
            Name = "Dollars only",
            PriceMinor = 100,
            Currency = "USD",
        },
        ["DEAR"] = new("DEAR")
        {
            Name = "Dear",
            PriceMinor = long.MaxValue,
            Currency = "EUR",
        },
        ["BARE"] = new("BARE"),
    };

    [Fact]
    public void Keeps_names_and_prices_of_the_moment_it_is_placed()
    {
        var order = Placed(("TEA", 2), ("JAM", 1));

        products["TEA"].PriceMinor = 1;

        order.TotalMinor.ShouldBe((2 * 350) + 499);
        order
            .ToPlacedV1()
            .Items.Select(item => (item.Sku, item.ProductName, item.Quantity, item.UnitPriceMinor))
            .ShouldBe([("TEA", "Tea", 2, 350), ("JAM", "Jam", 1, 499)]);
    }

    [Fact]
    public void Goes_from_placed_to_confirmed_and_notes_each_step()
    {
        var order = Placed(("TEA", 1));

        order.StockReserved(Now.AddSeconds(1));
        order.Paid(Now.AddSeconds(2));
        var confirmed = order.Confirm(Now.AddSeconds(3));

        order
            .History.Select(change => (change.Status, change.At))
            .ShouldBe([
                (OrderStatus.Placed, Now),
                (OrderStatus.StockReserved, Now.AddSeconds(1)),
                (OrderStatus.Paid, Now.AddSeconds(2)),
                (OrderStatus.Confirmed, Now.AddSeconds(3)),
            ]);
        confirmed.ShouldSatisfyAllConditions(
            () => confirmed.OrderId.ShouldBe(order.Id),
            () => confirmed.CustomerName.ShouldBe("Ada"),
            () => confirmed.CustomerEmail.ShouldBe("ada@example.com"),
            () => confirmed.CustomerCountry.ShouldBe("DE"),
            () => confirmed.TotalMinor.ShouldBe(350),
            () => confirmed.ConfirmedAt.ShouldBe(Now.AddSeconds(3))
        );
    }

    [Fact]
    public void Says_when_it_is_cancelled_whether_it_had_been_confirmed()
    {
        var early = Placed(("TEA", 1));
        var late = Placed(("TEA", 1));
        late.Confirm(Now);

        early.Cancel("out of stock", Now.AddMinutes(1)).ConfirmedAt.ShouldBeNull();
        late.Cancel("changed my mind", Now.AddMinutes(1)).ConfirmedAt.ShouldBe(Now);
        late.CancelReason.ShouldBe("changed my mind");
        late.MayBeCancelled().Failed(out var refusal).ShouldBeTrue();
        refusal.Code.ShouldBe("orders.cannot-cancel");
    }

    [Fact]
    public void Goes_on_to_shipped_and_delivered_once_each()
    {
        var order = Placed(("TEA", 1));
        order.Confirm(Now);

        order.Shipped(Now.AddDays(1));
        order.Shipped(Now.AddDays(2));
        order.Delivered(Now.AddDays(3));

        order
            .History.Skip(2)
            .Select(change => (change.Status, change.At))
            .ShouldBe([(OrderStatus.Shipped, Now.AddDays(1)), (OrderStatus.Delivered, Now.AddDays(3))]);
        order.MayBeCancelled().Failed(out _).ShouldBeTrue();
    }

    [Fact]
    public void Cries_out_when_goods_leave_that_should_not_have()
    {
        var order = Placed(("TEA", 1));

        Should.Throw<InvalidOperationException>(() => order.Shipped(Now));
        order.Confirm(Now);
        order.Cancel("changed my mind", Now);
        Should.Throw<InvalidOperationException>(() => order.Shipped(Now));
        Should.Throw<InvalidOperationException>(() => order.Delivered(Now));
    }

    [Fact]
    public void Is_called_off_once()
    {
        var order = Placed(("TEA", 1));

        order.CancellationRequested(Now);

        order.MayBeCancelled().Failed(out var refusal).ShouldBeTrue();
        refusal.Code.ShouldBe("orders.cannot-cancel");
    }

    [Fact]
    public void Asks_for_payment_in_the_name_of_its_customers_account() =>
        Placed(("TEA", 3))
            .ToPaymentRequestedV1()
            .ShouldSatisfyAllConditions(
                asked => asked.CustomerUserId.ShouldBe(customer.UserId),
                asked => asked.AmountMinor.ShouldBe(1050),
                asked => asked.PaymentToken.ShouldBe("tok_ok")
            );

    [Fact]
    public void Refuses_an_unknown_customer() =>
        Refusal(customer: null, ("TEA", 1)).ShouldBe(("orders.unknown-customer", "customerId"));

    [Theory]
    [InlineData(null, true)]
    [InlineData("DE", false)]
    public void Refuses_a_customer_without_country_or_address(string? country, bool hasAddress)
    {
        (customer.Country, customer.HasAddress) = (country, hasAddress);

        Refusal(customer, ("TEA", 1)).ShouldBe(("orders.customer-incomplete", "customerId"));
    }

    [Theory]
    [InlineData("NIX", "orders.unknown-sku", "items[1].sku")]
    [InlineData("tea", "orders.unknown-sku", "items[1].sku")]
    [InlineData("BARE", "orders.unknown-sku", "items[1].sku")]
    [InlineData("OLD", "orders.product-discontinued", "items[1].sku")]
    [InlineData("USD", "orders.wrong-currency", "currency")]
    [InlineData("DEAR", "orders.total-too-large", "items")]
    public void Refuses_what_cannot_be_sold(string sku, string code, string path) =>
        Refusal(customer, ("TEA", 1), (sku, 10_000)).ShouldBe((code, path));

    private (string Code, string Path) Refusal(Customer? customer, params (string Sku, int Quantity)[] items)
    {
        Place(customer, items).Failed(out var refusal, out _).ShouldBeTrue();
        return (refusal.Code, refusal.Fields.Keys.Single());
    }

    private Result<Order> Place(Customer? customer, params (string Sku, int Quantity)[] items) =>
        Order.Place(
            "EUR",
            [.. items.Select(item => new OrderedQuantity(item.Sku, item.Quantity))],
            "tok_ok",
            customer,
            products,
            Now
        );

    private Order Placed(params (string Sku, int Quantity)[] items)
    {
        Place(customer, items).Failed(out _, out var order).ShouldBeFalse();
        return order!;
    }
}
