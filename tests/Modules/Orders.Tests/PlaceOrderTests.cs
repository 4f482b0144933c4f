using BuildingBlocks.Application;
using BuildingBlocks.Testing;
using Catalog.Contracts;
using Customers.Contracts;
using Orders.Contracts;
using Orders.Domain;
using Orders.Features;

namespace Orders.Tests;

public sealed class PlaceOrderTests(OrdersFixture orders) : IClassFixture<OrdersFixture>
{
    [Fact]
    public async Task Announces_the_order_and_asks_for_its_stock()
    {
        var (customerId, user, _) = await orders.Customer();

        await orders
            .When(OrdersFixture.Request(customerId), user)
            .Then<OrderPlacedV1>(placed =>
            {
                placed.CustomerId.ShouldBe(customerId);
                placed.TotalMinor.ShouldBe((2 * 350) + 499);
                placed.Items.ShouldBe([new OrderLine("TEA", "Tea", 2, 350), new OrderLine("JAM", "Jam", 1, 499)]);
            })
            .Then<OrderStockReservationRequestedV1>(asked =>
                asked.Items.ShouldBe([new OrderedQuantity("TEA", 2), new OrderedQuantity("JAM", 1)])
            );
    }

    [Fact]
    public async Task Shows_the_order_as_it_was_placed()
    {
        var (orderId, _, _) = await orders.Order();

        var order = await orders.Read(orderId);

        (order.Status, order.TotalMinor, order.Currency, order.CancelReason).ShouldBe(
            (OrderStatus.Placed, 1199, "EUR", null)
        );
        order.Items.ShouldBe([new GetOrderItem("TEA", "Tea", 2, 350), new GetOrderItem("JAM", "Jam", 1, 499)]);
        order.History.Select(change => change.Status).ShouldBe([OrderStatus.Placed]);
    }

    [Fact]
    public async Task Lets_an_admin_order_for_anybody_and_nobody_else_for_a_customer_without_account()
    {
        var customerId = Guid.CreateVersion7();
        await orders.Given(
            new CustomerRegisteredV1(customerId, UserId: null, "Shop", "shop@example.com", "DE", OrdersFixture.Address)
        );

        (await orders.Send(OrdersFixture.Request(customerId), As.Admin(Guid.CreateVersion7()))).Error.ShouldBeNull();
        (await orders.Send(OrdersFixture.Request(customerId), As.User(Guid.CreateVersion7()))).Error?.Code.ShouldBe(
            "orders.foreign-customer"
        );
    }

    [Fact]
    public async Task Refuses_a_foreign_customer()
    {
        var (customerId, _, _) = await orders.Customer();

        var refusal = await Refusal(OrdersFixture.Request(customerId), As.User(Guid.CreateVersion7()));

        (refusal.Kind, refusal.Code).ShouldBe((ErrorKind.Forbidden, "orders.foreign-customer"));
    }

    [Fact]
    public async Task Refuses_an_unknown_customer_and_stores_nothing()
    {
        var before = await orders.Sql.Value<long>("select count(*) from orders");

        var refusal = await Refusal(OrdersFixture.Request(Guid.CreateVersion7()), As.User(Guid.CreateVersion7()));

        (refusal.Kind, refusal.Code, refusal.Fields.Keys.Single()).ShouldBe(
            (ErrorKind.Unprocessable, "orders.unknown-customer", "customerId")
        );
        (await orders.Sql.Value<long>("select count(*) from orders")).ShouldBe(before);
    }

    [Fact]
    public async Task Takes_a_customer_once_country_and_address_are_known()
    {
        var (customerId, userId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await orders.Given(
            new CustomerRegisteredV1(customerId, userId, "Ada", "ada@example.com", Country: null, Address: null)
        );
        (await Refusal(OrdersFixture.Request(customerId), As.User(userId))).Code.ShouldBe("orders.customer-incomplete");

        await orders.Given(new CustomerCountryChangedV1(customerId, "DE", PreviousCountry: null));
        (await Refusal(OrdersFixture.Request(customerId), As.User(userId))).Code.ShouldBe("orders.customer-incomplete");

        await orders.Given(new CustomerAddressUpdatedV1(customerId, OrdersFixture.Address));
        await orders.When(OrdersFixture.Request(customerId), As.User(userId)).Then<OrderPlacedV1>();
    }

    [Fact]
    public async Task Refuses_a_product_it_does_not_know_where_it_stands()
    {
        var (customerId, user, _) = await orders.Customer();

        var refusal = await Refusal(
            OrdersFixture.Request(customerId) with
            {
                Items = [new("TEA", 1), new("NIX", 1)],
            },
            user
        );

        (refusal.Kind, refusal.Code, refusal.Fields.Keys.Single()).ShouldBe(
            (ErrorKind.Unprocessable, "orders.unknown-sku", "items[1].sku")
        );
    }

    [Fact]
    public async Task Refuses_a_product_that_is_no_longer_sold()
    {
        var (customerId, user, _) = await orders.Customer();
        await orders.Given(new ProductAddedV1("OLD", "Old", "Food", 100, "EUR"), new ProductDiscontinuedV1("OLD"));

        (await Refusal(OrdersFixture.Request(customerId) with { Items = [new("OLD", 1)] }, user)).Code.ShouldBe(
            "orders.product-discontinued"
        );
    }

    [Fact]
    public async Task Takes_the_name_and_price_that_hold_now()
    {
        var (customerId, user, _) = await orders.Customer();
        await orders.Given(
            new ProductAddedV1("NEW", "New", "Food", 100, "EUR"),
            new ProductUpdatedV1("NEW", "Newer", "Food"),
            new ProductPriceChangedV1("NEW", 120, "USD", 100, "EUR")
        );

        (await Refusal(OrdersFixture.Request(customerId) with { Items = [new("NEW", 1)] }, user)).Code.ShouldBe(
            "orders.wrong-currency"
        );
        await orders
            .When(OrdersFixture.Request(customerId) with { Items = [new("NEW", 1)], Currency = "USD" }, user)
            .Then<OrderPlacedV1>(placed => placed.Items.ShouldBe([new OrderLine("NEW", "Newer", 1, 120)]));
    }

    [Fact]
    public async Task Takes_the_last_of_many_prices_that_came_at_once()
    {
        var (customerId, user, _) = await orders.Customer();
        await orders.Given(
            new ProductAddedV1("SALE-1", "One", "Food", 100, "EUR"),
            new ProductAddedV1("SALE-2", "Two", "Food", 200, "EUR"),
            new ProductPriceChangedV1("SALE-1", 90, "EUR", 100, "EUR"),
            new ProductPriceChangedV1("SALE-2", 180, "EUR", 200, "EUR"),
            new ProductPriceChangedV1("SALE-1", 80, "EUR", 90, "EUR")
        );

        await orders
            .When(OrdersFixture.Request(customerId) with { Items = [new("SALE-1", 1), new("SALE-2", 1)] }, user)
            .Then<OrderPlacedV1>(placed =>
                placed.Items.ShouldBe([new OrderLine("SALE-1", "One", 1, 80), new OrderLine("SALE-2", "Two", 1, 180)])
            );
    }

    [Fact]
    public async Task Refuses_a_payment_token_the_gateway_does_not_give_out()
    {
        var (customerId, user, _) = await orders.Customer();

        var refusal = await Refusal(OrdersFixture.Request(customerId) with { PaymentToken = "4111111111111111" }, user);

        (refusal.Kind, refusal.Code, refusal.Fields.Keys.Single()).ShouldBe(
            (ErrorKind.Unprocessable, "orders.unknown-payment-token", "paymentToken")
        );
        refusal.Detail.ShouldNotContain("4111");
    }

    [Fact]
    public async Task Says_everything_that_is_wrong_with_the_form_at_once()
    {
        var refusal = await Refusal(
            new(Guid.Empty, "euro", [new("TEA", 0), new("TEA", 1)], "tok_ok"),
            As.User(Guid.CreateVersion7())
        );

        refusal.Kind.ShouldBe(ErrorKind.Invalid);
        refusal.Fields.Keys.ShouldBe(
            ["customerId", "currency", "items[0].quantity", "items[1].sku"],
            ignoreOrder: true
        );
    }

    private async Task<Error> Refusal(PlaceOrder request, As caller)
    {
        (await orders.Send(request, caller)).Failed(out var refusal, out _).ShouldBeTrue();
        return refusal;
    }
}
