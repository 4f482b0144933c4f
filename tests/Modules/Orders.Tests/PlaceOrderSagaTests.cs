using BuildingBlocks.Testing;
using Inventory.Contracts;
using Orders.Contracts;
using Orders.Domain;
using Orders.Features;
using Payments.Contracts;

namespace Orders.Tests;

public sealed class PlaceOrderSagaTests(OrdersFixture orders) : IClassFixture<OrdersFixture>
{
    [Fact]
    public async Task Confirms_an_order_that_is_reserved_and_paid()
    {
        var (orderId, _, userId) = await orders.Order();

        await orders
            .When(OrdersFixture.Reserved(orderId))
            .Then<OrderPaymentRequestedV1>(asked =>
                (asked.OrderId, asked.CustomerUserId, asked.AmountMinor, asked.Currency, asked.PaymentToken).ShouldBe(
                    (orderId, userId, 1199, "EUR", "tok_ok")
                )
            );
        await orders
            .When(OrdersFixture.Captured(orderId))
            .Then<OrderConfirmedV2>(confirmed =>
                (confirmed.OrderId, confirmed.CustomerName, confirmed.CustomerCountry, confirmed.TotalMinor).ShouldBe(
                    (orderId, "Ada", "DE", 1199)
                )
            );

        (await orders.Read(orderId))
            .History.Select(change => change.Status)
            .ShouldBe([OrderStatus.Placed, OrderStatus.StockReserved, OrderStatus.Paid, OrderStatus.Confirmed]);
    }

    [Fact]
    public async Task Cancels_at_once_when_there_is_not_enough_stock()
    {
        var (orderId, _, _) = await orders.Order();

        await orders
            .When(new StockReservationRejectedV1(orderId, "only 1 TEA left"))
            .ThenNo<OrderStockReleaseRequestedV1>()
            .ThenNo<OrderPaymentRequestedV1>()
            .Then<OrderCancelledV1>(cancelled =>
                (cancelled.Reason, cancelled.ConfirmedAt).ShouldBe(("only 1 TEA left", null))
            );

        var order = await orders.Read(orderId);
        (order.Status, order.CancelReason).ShouldBe((OrderStatus.Cancelled, "only 1 TEA left"));
    }

    [Fact]
    public async Task Releases_the_stock_before_it_cancels_when_the_card_is_declined()
    {
        var (orderId, _, _) = await orders.Order();

        await orders
            .Given(OrdersFixture.Reserved(orderId))
            .When(new PaymentDeclinedV1(Guid.CreateVersion7(), orderId, "card declined"))
            .Then<OrderStockReleaseRequestedV1>(released => released.OrderId.ShouldBe(orderId))
            .ThenNo<OrderRefundRequestedV1>()
            .ThenNo<OrderCancelledV1>();
        await orders
            .When(new StockReleasedV1(orderId, []))
            .Then<OrderCancelledV1>(cancelled => cancelled.Reason.ShouldBe("card declined"));
    }

    [Fact]
    public async Task Undoes_a_payment_that_is_not_answered_in_time_and_the_reservation_after_it()
    {
        var (orderId, _, _) = await orders.Order();

        await orders.Given(OrdersFixture.Reserved(orderId));
        await orders.Advance(TimeSpan.FromSeconds(61));
        (await orders.Published<OrderRefundRequestedV1>()).Count(refund => refund.OrderId == orderId).ShouldBe(1);
        (await orders.Published<OrderStockReleaseRequestedV1>()).ShouldNotContain(release =>
            release.OrderId == orderId
        );
        await orders.When(OrdersFixture.Captured(orderId)).ThenNothing();
        await orders.When(OrdersFixture.Refunded(orderId)).Then<OrderStockReleaseRequestedV1>();
        await orders.When(new StockReleasedV1(orderId, [])).Then<OrderCancelledV1>();
    }

    [Fact]
    public async Task Undoes_a_reservation_that_is_not_answered_in_time()
    {
        var (orderId, _, _) = await orders.Order();

        await orders.Advance(TimeSpan.FromSeconds(31));
        (await orders.Published<OrderStockReleaseRequestedV1>())
            .Count(release => release.OrderId == orderId)
            .ShouldBe(1);
        await orders.When(new StockReleasedV1(orderId, [])).Then<OrderCancelledV1>();
    }

    [Fact]
    public async Task Cancels_an_order_whose_stock_is_not_reserved_yet()
    {
        var (orderId, user, _) = await orders.Order();

        await orders.When(new CancelOrder(orderId), user).Then<OrderStockReleaseRequestedV1>();
        await orders.When(OrdersFixture.Reserved(orderId)).ThenNothing();
        await orders.When(new StockReleasedV1(orderId, [])).Then<OrderCancelledV1>();
    }

    [Fact]
    public async Task Hides_a_foreign_order()
    {
        var (orderId, _, _) = await orders.Order();
        var stranger = As.User(Guid.CreateVersion7());

        (await orders.Send(new GetOrder(orderId), stranger)).Error?.Code.ShouldBe("orders.unknown-order");
        (await orders.Send(new CancelOrder(orderId), stranger)).Error?.Code.ShouldBe("orders.unknown-order");
        (await orders.Send(new GetOrder(Guid.CreateVersion7()))).Error?.Code.ShouldBe("orders.unknown-order");
        (await orders.Send(new GetOrder(orderId), As.Admin(Guid.CreateVersion7()))).Error.ShouldBeNull();
    }

    [Fact]
    public async Task Lists_ones_own_orders_page_by_page_newest_first()
    {
        var (customerId, user, _) = await orders.Customer();
        List<Guid> placed = [];
        for (var i = 0; i < 3; i++)
        {
            orders.Clock.Advance(TimeSpan.FromMilliseconds(2));
            (await orders.Send(OrdersFixture.Request(customerId), user)).Failed(out _, out var order).ShouldBeFalse();
            placed.Insert(0, order!.OrderId);
        }

        var first = await List(new(CustomerId: null, After: null, Limit: 2));
        var second = await List(new(customerId, first.NextCursor, Limit: 2));

        first.Items.Concat(second.Items).Select(order => order.OrderId).ShouldBe(placed);
        second.NextCursor.ShouldBeNull();
        (await orders.Send(new ListOrders(customerId, null, 1), As.User(Guid.CreateVersion7())))
            .Failed(out _, out var foreign)
            .ShouldBeFalse();
        foreign!.Items.ShouldBeEmpty();

        async Task<ListOrdersAnswer> List(ListOrders query)
        {
            (await orders.Send(query, user)).Failed(out _, out var page).ShouldBeFalse();
            return page!;
        }
    }
}
