using System.Net;
using Host.Tests.Running;

namespace Host.Tests.Orders;

[Trait("Module", "Orders")]
[Collection(RunningHost.DemoCustomersOrders)]
public sealed class PlaceOrderTests(RunningHost host)
{
    private readonly Shop shop = host.Shop;

    [Fact]
    public async Task Answers_a_command_with_a_consistency_token()
    {
        var answer = await shop.Customer.Post("/orders", Shop.Order(await shop.StockedProduct(1), 1));

        answer.Headers.GetValues("Consistency-Token").Single().ShouldMatch("^orders:[0-9]+$");
        answer.Headers.Location!.ToString().ShouldBe($"/orders/{(string)answer.Body!["orderId"]!}");
    }

    [Fact]
    public async Task Confirms_an_order_of_northwind_goods_step_by_step()
    {
        const string Sku = "NW-003";
        var before = await shop.Stock(Sku);

        var order = await shop.Final(await shop.Place(Sku, 2));

        ((string)order["status"]!).ShouldBe("confirmed");
        order["history"]!
            .AsArray()
            .Select(change => (string)change!["status"]!)
            .ShouldBe(["placed", "stockReserved", "paid", "confirmed"]);
        (await shop.Stock(Sku)).Available.ShouldBe(before.Available - 2);
        var payment = (await shop.Payments((string)order["orderId"]!)).ShouldHaveSingleItem()!;
        ((string)payment["status"]!).ShouldBe("captured");
        ((long)payment["amountMinor"]!).ShouldBe((long)order["totalMinor"]!);
    }

    [Fact]
    public async Task Cancels_an_order_whose_payment_is_declined_and_releases_its_stock()
    {
        var sku = await shop.StockedProduct(5);

        var order = await shop.Final(await shop.Place(sku, 2, "tok_declined"));

        ((string)order["status"]!).ShouldBe("cancelled");
        ((string?)order["cancelReason"]).ShouldNotBeNullOrEmpty();
        (await shop.Stock(sku)).ShouldBe((5, 0, 5));
        (await shop.Payments((string)order["orderId"]!)).ShouldAllBe(payment =>
            (string)payment!["status"]! == "declined"
        );
    }

    [Fact]
    public async Task Cancels_an_order_of_more_than_there_is_and_reserves_nothing()
    {
        var sku = await shop.StockedProduct(5);

        var order = await shop.Final(await shop.Place(sku, 6));

        ((string)order["status"]!).ShouldBe("cancelled");
        ((string?)order["cancelReason"]).ShouldNotBeNullOrEmpty();
        (await shop.Stock(sku)).ShouldBe((5, 0, 5));
        (await shop.Payments((string)order["orderId"]!)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Charges_once_although_the_gateway_fails_twice()
    {
        var sku = await shop.StockedProduct(5);

        var order = await shop.Final(await shop.Place(sku, 1, "tok_flaky"));

        ((string)order["status"]!).ShouldBe("confirmed");
        var payment = (await shop.Payments((string)order["orderId"]!)).ShouldHaveSingleItem()!;
        ((string)payment["status"]!).ShouldBe("captured");
        ((long)payment["amountMinor"]!).ShouldBe(250);
        ((int)payment["attempts"]!).ShouldBe(3);
    }

    [Fact]
    public async Task Takes_the_same_idempotency_key_twice_as_one_order()
    {
        var sku = await shop.StockedProduct(5);

        var placed = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => shop.Place(sku, 1, idempotencyKey: $"once-{sku}"))
        );

        placed.Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        await shop.Final(placed[0]);
        (await shop.Stock(sku)).Available.ShouldBe(4);
    }

    [Fact]
    public async Task Gives_the_last_piece_to_exactly_one()
    {
        var sku = await shop.StockedProduct(1);

        var orders = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(async _ => await shop.Final(await shop.Place(sku, 1)))
        );

        orders
            .Select(order => (string)order["status"]!)
            .Order(StringComparer.Ordinal)
            .ShouldBe(["cancelled", "confirmed"]);
        (await shop.Stock(sku)).Available.ShouldBe(0);
    }

    [Fact]
    public async Task Hides_an_order_from_other_customers()
    {
        var sku = await shop.StockedProduct(5);
        var orderId = await shop.Place(sku, 1);
        var email = $"other-{sku}@example.com";
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

        (await other.Get($"/orders/{orderId}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await other.Post($"/orders/{orderId}/cancel", new { })).Status.ShouldBe(HttpStatusCode.NotFound);
        (await other.Get("/orders")).Expect(HttpStatusCode.OK)["items"]!.AsArray().ShouldBeEmpty();
        (await shop.Admin.Get($"/orders/{orderId}")).Status.ShouldBe(HttpStatusCode.OK);
        await shop.Final(orderId);
    }
}
