using BuildingBlocks.Application;
using BuildingBlocks.Testing;
using Inventory.Contracts;
using Microsoft.EntityFrameworkCore;
using Orders.Contracts;
using Orders.Domain;
using Orders.Features;
using Orders.Persistence;
using Shipping.Contracts;

namespace Orders.Tests;

/// <summary>What becomes of a confirmed order that somebody calls off while its goods may be leaving.</summary>
public sealed class CancelConfirmedOrderTests(OrdersFixture orders) : IClassFixture<OrdersFixture>
{
    [Fact]
    public async Task Gives_nothing_back_before_shipping_has_promised_to_keep_the_goods()
    {
        var (orderId, user) = await orders.Confirmed();

        await orders
            .When(new CancelOrder(orderId), user)
            .Then<OrderShipmentCancellationRequestedV1>(asked =>
                asked.ShouldBe(new(orderId, "cancelled by the customer"))
            )
            .ThenNo<OrderRefundRequestedV1>()
            .ThenNo<OrderStockReleaseRequestedV1>();

        var order = await orders.Read(orderId);
        (order.Status, order.CancellationRequestedAt).ShouldBe((OrderStatus.Confirmed, orders.Clock.Now));
    }

    [Fact]
    public async Task Gives_money_then_stock_back_once_the_goods_are_kept()
    {
        var (orderId, user) = await orders.Confirmed();
        await orders.Send(new CancelOrder(orderId), user);

        await orders.When(KeptBack(orderId)).Then<OrderRefundRequestedV1>().ThenNo<OrderStockReleaseRequestedV1>();
        await orders.When(OrdersFixture.Refunded(orderId)).Then<OrderStockReleaseRequestedV1>();
        await orders
            .When(new StockReleasedV1(orderId, []))
            .Then<OrderCancelledV1>(cancelled =>
            {
                cancelled.Reason.ShouldBe("cancelled by the customer");
                cancelled.ConfirmedAt.ShouldNotBeNull();
            });

        (await orders.Read(orderId)).History[^1].Status.ShouldBe(OrderStatus.Cancelled);
    }

    [Fact]
    public async Task Goes_on_to_shipped_when_the_goods_had_left_before_and_gives_nothing_back()
    {
        var (orderId, user) = await orders.Confirmed();
        await orders.Send(new CancelOrder(orderId), user);

        await orders.When(Left(orderId)).ThenNothing();
        await orders.When(KeptBack(orderId)).ThenNothing();
        await orders.When(Arrived(orderId)).ThenNothing();

        var order = await orders.Read(orderId);
        order
            .History.Select(change => change.Status)
            .ShouldBe([
                OrderStatus.Placed,
                OrderStatus.StockReserved,
                OrderStatus.Paid,
                OrderStatus.Confirmed,
                OrderStatus.Shipped,
                OrderStatus.Delivered,
            ]);
        (order.CancelReason, order.CancellationRequestedAt).ShouldBe((null, orders.Clock.Now));
    }

    [Fact]
    public async Task Is_refused_once_the_goods_are_on_their_way()
    {
        var (orderId, user) = await orders.Confirmed();

        await orders.Given(Left(orderId));
        await Refused(orderId, user);
        await orders.Given(Arrived(orderId));
        await Refused(orderId, user);

        (await orders.Published<OrderShipmentCancellationRequestedV1>()).ShouldNotContain(asked =>
            asked.OrderId == orderId
        );
    }

    [Fact]
    public async Task Is_refused_the_second_time()
    {
        var (orderId, user) = await orders.Confirmed();
        await orders.Send(new CancelOrder(orderId), user);

        await Refused(orderId, user);
        await orders.Given(KeptBack(orderId)).Given(OrdersFixture.Refunded(orderId));
        await Refused(orderId, user);
        await orders.Given(new StockReleasedV1(orderId, []));
        await Refused(orderId, user);
    }

    [Fact]
    public async Task Does_not_ask_shipping_about_an_order_that_is_not_confirmed_yet()
    {
        var (orderId, user, _) = await orders.Order();

        await orders
            .When(new CancelOrder(orderId), user)
            .ThenNo<OrderShipmentCancellationRequestedV1>()
            .Then<OrderStockReleaseRequestedV1>();
    }

    [Fact]
    public async Task Loses_against_a_dispatch_that_is_heard_of_while_it_is_carried_out()
    {
        var (orderId, _) = await orders.Confirmed();

        await orders.With<OrdersDbContext, int>(async db =>
        {
            // The cancellation has read the order; before it saves, the order becomes shipped.
            var order = await db.Orders.SingleAsync(
                order => order.Id == orderId,
                TestContext.Current.CancellationToken
            );
            await orders.Given(Left(orderId));
            order.CancellationRequested(orders.Clock.Now);
            await Should.ThrowAsync<DbUpdateConcurrencyException>(() =>
                db.SaveChangesAsync(TestContext.Current.CancellationToken)
            );
            return 0;
        });
    }

    [Fact]
    public async Task Ships_and_delivers_an_order_whatever_has_become_of_its_saga()
    {
        var (orderId, _) = await orders.Confirmed();
        await orders.OwnerSql.Execute("delete from sagas where id = $1", orderId);

        await orders.Given(Left(orderId), Arrived(orderId));

        (await orders.Read(orderId)).Status.ShouldBe(OrderStatus.Delivered);
    }

    private async Task Refused(Guid orderId, As user) =>
        (await orders.Send(new CancelOrder(orderId), user))
            .RefusedWith("orders.cannot-cancel")
            .Kind.ShouldBe(ErrorKind.Conflict);

    private static ShipmentCancelledV1 KeptBack(Guid orderId) =>
        new(Guid.CreateVersion7(), orderId, DateTimeOffset.UnixEpoch);

    private ShipmentDispatchedV1 Left(Guid orderId) => new(Guid.CreateVersion7(), orderId, orders.Clock.Now);

    private ShipmentDeliveredV1 Arrived(Guid orderId) => new(Guid.CreateVersion7(), orderId, orders.Clock.Now);
}
