using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Host.Tests.Running;

namespace Host.Tests.Composition;

/// <summary>An order composed of what five modules tell, while some of them do not.</summary>
public sealed class OrderDetailsTests(HostWithDatabase host) : IClassFixture<HostWithDatabase>
{
    private static readonly string[] Parts = ["order", "customer", "payment", "shipment", "products"];

    // The server tells each of its sessions of a new setting by itself.
    private const int Tries = 1000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly Shop shop = host.Shop;

    [Fact]
    public async Task Shows_all_parts_and_as_of_when_each_is_current()
    {
        var before = TimeProvider.System.GetUtcNow();
        var orderId = await ConfirmedOrder();

        var details = await Complete(orderId);

        ((string)details["orderId"]!).ShouldBe(orderId);
        ((string)Data(details, "order")["status"]!).ShouldBe("confirmed");
        ((string?)Data(details, "customer")["address"]!["city"]).ShouldNotBeNullOrEmpty();
        ((string)Data(details, "payment")["status"]!, (long)Data(details, "payment")["amountMinor"]!).ShouldBe(
            ("captured", 500)
        );
        ((string)Data(details, "shipment")["status"]!).ShouldBe("pending");
        ((string)Data(details, "products")["items"]!.AsArray().ShouldHaveSingleItem()!["category"]!).ShouldBe("Tests");
        Parts.ShouldAllBe(part =>
            (DateTimeOffset)details[part]!["asOf"]! > before
            && (DateTimeOffset)details[part]!["asOf"]! <= TimeProvider.System.GetUtcNow()
        );
    }

    [Theory]
    [InlineData("payments.payments", "payment", "payments")]
    [InlineData("shipping.shipments", "shipment", "shipping")]
    [InlineData("customers.customers", "customer", "customers")]
    [InlineData("catalog.products", "products", "catalog")]
    public async Task Answers_in_time_without_a_part_whose_module_is_slow_and_says_so(
        string table,
        string part,
        string module
    )
    {
        var orderId = await ConfirmedOrder();
        await Complete(orderId);

        JsonNode details;
        TimeSpan took;
        await using (await host.LockAsync(table))
        {
            var asked = Stopwatch.GetTimestamp();
            details = (await shop.Customer.Get($"/order-details/{orderId}")).Expect(HttpStatusCode.OK);
            took = Stopwatch.GetElapsedTime(asked);
        }

        IsMissing(details, part, module, "timeout");
        took.ShouldBeGreaterThanOrEqualTo(Limit - TimeSpan.FromMilliseconds(50));
        took.ShouldBeLessThan(Limit * 4);
        await Complete(orderId);
    }

    [Fact]
    public async Task Shows_what_the_others_know_to_the_owner_when_orders_itself_is_slow_and_nobody_else_anything()
    {
        var orderId = await ConfirmedOrder();
        await Complete(orderId);
        using var stranger = await Stranger();

        await using (await host.LockAsync("orders.orders"))
        {
            var (owner, admin, other, unknown) = (
                shop.Customer.Get($"/order-details/{orderId}"),
                shop.Admin.Get($"/order-details/{orderId}"),
                stranger.Get($"/order-details/{orderId}"),
                shop.Customer.Get($"/order-details/{Guid.CreateVersion7()}")
            );

            IsMissing((await owner).Expect(HttpStatusCode.OK), "order", "orders", "timeout");
            IsMissing((await admin).Expect(HttpStatusCode.OK), "order", "orders", "timeout");
            foreach (var refused in new[] { await other, await unknown })
            {
                (refused.Status, refused.Code).ShouldBe(
                    (HttpStatusCode.ServiceUnavailable, "order-details.orders-does-not-answer")
                );
                refused.Headers.RetryAfter.ShouldNotBeNull();
            }
        }

        await Complete(orderId);
    }

    [Fact]
    public async Task Answers_without_a_part_whose_module_fails()
    {
        var orderId = await ConfirmedOrder();
        await Complete(orderId);

        await host.ExecuteAsync("alter table catalog.products rename to hidden");
        try
        {
            IsMissing(
                (await shop.Customer.Get($"/order-details/{orderId}")).Expect(HttpStatusCode.OK),
                "products",
                "catalog",
                "unavailable"
            );
        }
        finally
        {
            await host.ExecuteAsync("alter table catalog.hidden rename to products");
        }

        await Complete(orderId);
    }

    [Fact]
    public async Task Tells_what_a_module_knows_nothing_of()
    {
        var orderId = await shop.Place(await shop.StockedProduct(1), 2);
        await shop.Reached(orderId, "cancelled");

        var details = await Shop.Eventually(
            async () => (await shop.Customer.Get($"/order-details/{orderId}")).Expect(HttpStatusCode.OK),
            details => Missing(details).Length == 2
        );

        Missing(details).ShouldBe(["payment of payments: unknown", "shipment of shipping: unknown"]);
        details["missing"]!.AsArray().ShouldAllBe(one => one!["asOf"] != null);
    }

    [Fact]
    public async Task Hides_an_order_from_others_as_if_there_were_none()
    {
        var orderId = await ConfirmedOrder();
        using var stranger = await Stranger();

        var (foreign, unknown) = (
            await stranger.Get($"/order-details/{orderId}"),
            await stranger.Get($"/order-details/{Guid.CreateVersion7()}")
        );

        (foreign.Status, foreign.Code).ShouldBe((HttpStatusCode.NotFound, "order-details.unknown-order"));
        (unknown.Status, unknown.Code).ShouldBe((foreign.Status, foreign.Code));
        (await shop.Open.Get($"/order-details/{orderId}")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await shop.Admin.Get($"/order-details/{orderId}")).Status.ShouldBe(HttpStatusCode.OK);
        (await shop.Customer.Get("/order-details/nonsense")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task PostgreSQL_that_is_killed_comes_back_with_its_data_and_costs_a_few_lines()
    {
        var (orderId, sku) = (await ConfirmedOrder(), await shop.StockedProduct(1));
        await host.ExecuteAsync("checkpoint");
        var before = host.Output.Length;

        await host.KillPostgresAsync();

        var order = await OnceAvailable(() => shop.Customer.Get($"/orders/{orderId}"));
        ((string?)order.Expect(HttpStatusCode.OK)["status"]).ShouldBe("confirmed");
        var placed = await OnceAvailable(() => shop.Customer.Post("/orders", Shop.Order(sku, 1)));
        await shop.Final((string)placed.Expect(HttpStatusCode.Accepted)["orderId"]!);
        var said = host.Output[before..];
        said.ShouldContain("has ended without being asked to; starting it again");
        said.ShouldContain("PostgreSQL runs again on");
        said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBeLessThan(15, said);
        said.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_server_that_takes_no_writes_is_unwell_and_commands_are_worth_another_try()
    {
        var sku = await shop.StockedProduct(5);
        await host.ExecuteAsync("alter system set default_transaction_read_only = on");
        try
        {
            await host.ExecuteAsync("select pg_reload_conf()");
            var health = await shop.Open.Get("/health/ready");
            for (var tries = 0; health.Status == HttpStatusCode.OK && tries < Tries; tries++)
            {
                health = await shop.Open.Get("/health/ready");
            }

            health.Text.ShouldContain("The database takes no writes.");
            var refused = await shop.Customer.Post("/orders", Shop.Order(sku, 1));
            (refused.Status, refused.Code).ShouldBe(
                (HttpStatusCode.ServiceUnavailable, "request.database-unavailable")
            );
            refused.Headers.RetryAfter.ShouldNotBeNull();
        }
        finally
        {
            await host.ExecuteAsync("alter system reset default_transaction_read_only");
            await host.ExecuteAsync("select pg_reload_conf()");
        }

        (await OnceAvailable(() => shop.Customer.Post("/orders", Shop.Order(sku, 1)))).Expect(HttpStatusCode.Accepted);
        (await shop.Admin.Get("/operations/parked-events")).Expect(HttpStatusCode.OK).AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("usage on schema catalog", "catalog")]
    [InlineData("insert on inventory.stock_levels", "inventory")]
    [InlineData("select on users.accounts", "users")]
    public async Task A_right_that_was_taken_from_a_module_is_its_outage_and_named(string right, string module)
    {
        var sku = await shop.StockedProduct(5);
        var role = $"mm_{module}_app";
        var before = host.Output.Length;
        await host.ExecuteAsync($"revoke {right} from {role}");
        try
        {
            (await shop.Open.Get("/health/ready")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
            var refused = module switch
            {
                "users" => await shop.Open.Post("/users/login", new { email = "a@example.com", password = "not mine" }),
                "inventory" => await shop.Admin.Put($"/inventory/stock/{sku}", new { warehouse = "OTHER", onHand = 1 }),
                _ => await shop.Open.Get("/catalog/products"),
            };
            (refused.Status, refused.Code).ShouldBe(
                (HttpStatusCode.ServiceUnavailable, "request.database-unavailable"),
                refused.Text
            );
            refused.Headers.RetryAfter.ShouldNotBeNull();
        }
        finally
        {
            await host.ExecuteAsync($"grant {right} to {role}");
        }

        host.Output[before..].ShouldContain($"Module {module} is unwell: Role {role} has lost {right}.");
        (await shop.Open.Get("/health/ready")).Status.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<Answer> OnceAvailable(Func<Task<Answer>> ask)
    {
        var answer = await ask();
        for (var tries = 0; answer.Status == HttpStatusCode.ServiceUnavailable && tries < Tries; tries++)
        {
            answer = await ask();
        }

        return answer;
    }

    private async Task<string> ConfirmedOrder()
    {
        var orderId = await shop.Place(await shop.StockedProduct(5), 2);
        await shop.Final(orderId);
        await shop.Shipment(orderId);
        return orderId;
    }

    private async Task<Api> Stranger()
    {
        var email = $"stranger-{Guid.CreateVersion7():N}@example.com";
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
        return await shop.Open.SignedIn(email, "another customer here");
    }

    /// <summary>The whole answer; the first time a module is asked it may take longer than it is given.</summary>
    private Task<JsonNode> Complete(string orderId) =>
        Shop.Eventually(
            async () => (await shop.Customer.Get($"/order-details/{orderId}")).Expect(HttpStatusCode.OK),
            details => Missing(details).Length == 0
        );

    private static JsonNode Data(JsonNode details, string part) => details[part]!["data"]!;

    private static string[] Missing(JsonNode details) =>
        [
            .. details["missing"]!
                .AsArray()
                .Select(one => $"{(string)one!["part"]!} of {(string)one["module"]!}: {(string)one["reason"]!}"),
        ];

    private static void IsMissing(JsonNode details, string part, string module, string reason)
    {
        Missing(details).ShouldBe([$"{part} of {module}: {reason}"]);
        Parts.ShouldAllBe(name => (details[name] == null) == (name == part));
    }
}
