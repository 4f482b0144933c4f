using BuildingBlocks.Testing;
using Microsoft.EntityFrameworkCore;
using Orders.Contracts;
using Shipping.Contracts;
using Shipping.Domain;
using Shipping.Features;
using Shipping.Persistence;

namespace Shipping.Tests;

/// <summary>A shipment is dispatched or cancelled, never both.</summary>
public sealed class CancellationTests(ShippingFixture shipping) : IClassFixture<ShippingFixture>
{
    private static readonly As Admin = As.Admin(Guid.CreateVersion7());

    [Fact]
    public async Task Keeps_the_goods_back_and_promises_so()
    {
        var (orderId, shipmentId) = await shipping.Pending();

        await shipping
            .When(ShippingFixture.CalledOff(orderId))
            .Then<ShipmentCancelledV1>(cancelled => cancelled.ShouldBe(new(shipmentId, orderId, shipping.Clock.Now)));

        (await shipping.Send(new DispatchShipment(shipmentId), Admin)).RefusedWith("shipping.not-pending");
        var shipment = await shipping.Read(orderId);
        (shipment.Status, shipment.CancelReason).ShouldBe((ShipmentStatus.Cancelled, "cancelled by the customer"));
    }

    [Fact]
    public async Task Does_not_keep_back_what_has_left()
    {
        var (orderId, shipmentId) = await shipping.Pending();
        (await shipping.Send(new DispatchShipment(shipmentId), Admin)).Succeeded();

        await shipping.When(ShippingFixture.CalledOff(orderId)).ThenNothing();

        (await shipping.Read(orderId)).Status.ShouldBe(ShipmentStatus.Dispatched);
        (await shipping.Send(new DeliverShipment(shipmentId), Admin)).Succeeded();
        await shipping.When(ShippingFixture.CalledOff(orderId)).ThenNothing();
    }

    [Fact]
    public async Task Answers_for_an_order_it_never_heard_of_and_ships_nothing_for_it_later()
    {
        var orderId = Guid.CreateVersion7();

        await shipping
            .When(ShippingFixture.CalledOff(orderId))
            .Then<ShipmentCancelledV1>(cancelled => cancelled.OrderId.ShouldBe(orderId));
        await shipping.When(ShippingFixture.Confirmed(orderId, Guid.CreateVersion7())).ThenNothing();

        (await shipping.Read(orderId)).Status.ShouldBe(ShipmentStatus.Cancelled);
    }

    [Fact]
    public async Task Keeps_back_the_goods_of_an_order_that_was_cancelled_without_asking()
    {
        var (orderId, _) = await shipping.Pending();

        await shipping.When(Cancelled(orderId)).Then<ShipmentCancelledV1>();
        await shipping.When(Cancelled(orderId)).ThenNothing();

        (await shipping.Read(orderId)).Status.ShouldBe(ShipmentStatus.Cancelled);
        await shipping.When(Cancelled(Guid.CreateVersion7())).ThenNothing();
    }

    [Fact]
    public async Task Lets_one_of_two_win_that_come_at_once()
    {
        var (orderId, shipmentId) = await shipping.Pending();
        await shipping.With<ShippingDbContext, int>(async db =>
        {
            // The dispatch has read the shipment; before it saves, the cancellation commits.
            var seenPending = await db.Shipments.FindAsync([shipmentId], TestContext.Current.CancellationToken);
            await shipping.Given(ShippingFixture.CalledOff(orderId));
            seenPending!
                .Dispatch(new("Ada", "Main Street 1", "Berlin", "10115", "DE"), shipping.Clock.Now)
                .Failed(out _, out var dispatched)
                .ShouldBeFalse();
            db.Publish(dispatched!);
            await Should.ThrowAsync<DbUpdateConcurrencyException>(() =>
                db.SaveChangesAsync(TestContext.Current.CancellationToken)
            );
            return 0;
        });

        (await shipping.Read(orderId)).Status.ShouldBe(ShipmentStatus.Cancelled);
        (await shipping.Published<ShipmentDispatchedV1>()).ShouldNotContain(dispatched =>
            dispatched.OrderId == orderId
        );
    }

    private static OrderCancelledV1 Cancelled(Guid orderId) =>
        new(
            orderId,
            Guid.CreateVersion7(),
            "EUR",
            1199,
            [],
            "changed my mind",
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch
        );
}
