using System.Net;
using System.Text.Json.Nodes;
using Host.Tests.Running;

namespace Host.Tests.Orders;

/// <summary>What becomes of an order after its confirmation.</summary>
[Trait("Module", "Orders")]
[Collection(RunningHost.DemoCustomersOrders)]
public sealed class ShippingTests(RunningHost host)
{
    private const int OnHand = 1_000;
    private const int Races = 40;

    private readonly Shop shop = host.Shop;

    [Fact]
    public async Task Goes_from_placed_to_delivered_and_the_stock_with_it()
    {
        var sku = await shop.StockedProduct(5);
        var orderId = await shop.Place(sku, 2);
        await shop.Final(orderId);
        (await shop.Stock(sku)).ShouldBe((5, 2, 3));

        var dispatched = (await shop.Ship(orderId, "dispatch")).Expect(HttpStatusCode.OK);
        ((string)dispatched["status"]!).ShouldBe("dispatched");
        ((string?)dispatched["label"]!["city"]).ShouldNotBeNullOrEmpty();
        await shop.Reached(orderId, "shipped");
        await Shop.Eventually(() => shop.Stock(sku), stock => stock == (3, 0, 3));
        (await shop.Ship(orderId, "deliver")).Expect(HttpStatusCode.OK);

        var order = await shop.Reached(orderId, "delivered");
        order["history"]!
            .AsArray()
            .Select(change => (string)change!["status"]!)
            .ShouldBe(["placed", "stockReserved", "paid", "confirmed", "shipped", "delivered"]);
        ((string)(await shop.Payments(orderId)).ShouldHaveSingleItem()!["status"]!).ShouldBe("captured");
    }

    [Fact]
    public async Task Gives_money_and_stock_back_when_cancelled_before_dispatch_and_sends_nothing()
    {
        var sku = await shop.StockedProduct(5);
        var orderId = await shop.Place(sku, 2);
        await shop.Final(orderId);
        var shipment = await shop.Shipment(orderId);

        (await shop.Customer.Post($"/orders/{orderId}/cancel", new { })).Expect(HttpStatusCode.Accepted);

        var order = await shop.Reached(orderId, "cancelled");
        ((string)order["cancelReason"]!).ShouldBe("cancelled by the customer");
        var payment = (await shop.Payments(orderId)).ShouldHaveSingleItem()!;
        ((string)payment["status"]!, (long)payment["refundedMinor"]!).ShouldBe(("refunded", 500));
        (await shop.Stock(sku)).ShouldBe((5, 0, 5));
        (await shop.Admin.Post($"/shipments/{shipment["shipmentId"]}/dispatch", new { })).Code.ShouldBe(
            "shipping.not-pending"
        );
        ((string)(await shop.Shipment(orderId))["status"]!).ShouldBe("cancelled");
    }

    [Fact]
    public async Task Refuses_to_cancel_what_has_left()
    {
        var sku = await shop.StockedProduct(5);
        var orderId = await shop.Place(sku, 1);
        await shop.Final(orderId);
        (await shop.Ship(orderId, "dispatch")).Expect(HttpStatusCode.OK);
        await shop.Reached(orderId, "shipped");

        var answer = await shop.Customer.Post($"/orders/{orderId}/cancel", new { });

        (answer.Status, answer.Code).ShouldBe((HttpStatusCode.Conflict, "orders.cannot-cancel"));
        ((string)(await shop.Payments(orderId)).ShouldHaveSingleItem()!["status"]!).ShouldBe("captured");
    }

    [Fact]
    public async Task Lets_only_admins_dispatch_and_deliver_and_hides_shipments_from_others()
    {
        var sku = await shop.StockedProduct(5);
        var orderId = await shop.Place(sku, 1);
        var shipmentId = (string)(await shop.Shipment(orderId))["shipmentId"]!;
        var email = $"not-mine-{sku}@example.com";
        (
            await shop.Open.Post(
                "/users/register",
                new
                {
                    email,
                    password = "another customer here",
                    name = "Other",
                }
            )
        ).Expect(HttpStatusCode.Created);
        using var other = await shop.Open.SignedIn(email, "another customer here");

        (await shop.Customer.Post($"/shipments/{shipmentId}/dispatch", new { })).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );
        (await shop.Open.Post($"/shipments/{shipmentId}/deliver", new { })).Status.ShouldBe(
            HttpStatusCode.Unauthorized
        );
        (await shop.Admin.Post($"/shipments/{shipmentId}/deliver", new { })).Code.ShouldBe("shipping.not-dispatched");
        (await shop.Admin.Post($"/shipments/{Guid.CreateVersion7()}/dispatch", new { })).Code.ShouldBe(
            "shipping.unknown-shipment"
        );
        (await other.Get($"/shipments?orderId={orderId}")).Expect(HttpStatusCode.OK)["items"]!
            .AsArray()
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task Never_both_sends_the_goods_and_gives_the_money_back_however_cancel_and_dispatch_meet()
    {
        var sku = await shop.StockedProduct(OnHand);
        var outcomes = new string[Races];
        await Parallel.ForAsync(0, Races, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) =>
            outcomes[number] = await RaceAsync(sku, number)
        );

        outcomes.ShouldContain(
            "cancelled",
            StringComparer.Ordinal,
            "No cancellation came first, so this test shows nothing."
        );
        outcomes.ShouldContain(
            "shipped",
            StringComparer.Ordinal,
            "No dispatch came first, so this test shows nothing."
        );
        var shipped = outcomes.Count(outcome => outcome is "shipped");
        await Shop.Eventually(() => shop.Stock(sku), stock => stock == (OnHand - shipped, 0, OnHand - shipped));
        (await shop.Admin.Get("/operations/parked-events")).Expect(HttpStatusCode.OK).AsArray().ShouldBeEmpty();
    }

    private async Task<string> RaceAsync(string sku, int number)
    {
        var orderId = await shop.Place(sku, 1);
        await shop.Final(orderId);
        var shipmentId = (string)(await shop.Shipment(orderId))["shipmentId"]!;

        // A head start for the one or the other, so that they meet at every point of the way.
        var ahead = TimeSpan.FromMilliseconds(number % 10 * 3);
        var (cancel, dispatch) =
            number % 2 == 0
                ? (
                    CallAsync(shop.Customer, $"/orders/{orderId}/cancel", ahead),
                    CallAsync(shop.Admin, $"/shipments/{shipmentId}/dispatch", TimeSpan.Zero)
                )
                : (
                    CallAsync(shop.Customer, $"/orders/{orderId}/cancel", TimeSpan.Zero),
                    CallAsync(shop.Admin, $"/shipments/{shipmentId}/dispatch", ahead)
                );
        await Task.WhenAll(cancel, dispatch);
        var (accepted, sent) = (
            (await cancel).Status == HttpStatusCode.Accepted,
            (await dispatch).Status == HttpStatusCode.OK
        );
        (accepted || sent).ShouldBeTrue($"Both were refused: {(await cancel).Text} {(await dispatch).Text}");

        var order = await shop.Reached(orderId, "shipped", "cancelled");
        await CheckAsync(order, orderId, sent, accepted);
        return (string)order["status"]!;
    }

    private async Task CheckAsync(JsonNode order, string orderId, bool sent, bool accepted)
    {
        ((string)order["status"]!).ShouldBe(sent ? "shipped" : "cancelled");
        (order["cancellationRequestedAt"] is not null).ShouldBe(accepted);
        ((string)(await shop.Shipment(orderId))["status"]!).ShouldBe(sent ? "dispatched" : "cancelled");
        ((string)(await shop.Payments(orderId)).ShouldHaveSingleItem()!["status"]!).ShouldBe(
            sent ? "captured" : "refunded"
        );
    }

    private static async Task<Answer> CallAsync(Api api, string path, TimeSpan after)
    {
        await Task.Delay(after);
        return await api.Post(path, new { });
    }
}
