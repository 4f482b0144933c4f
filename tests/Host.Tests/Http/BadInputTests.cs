using System.Net;
using BuildingBlocks.Modules;
using Host.Tests.Running;

namespace Host.Tests.Http;

[Trait("Module", "Orders")]
[Collection(RunningHost.DemoCustomersOrders)]
public sealed class BadInputTests(RunningHost host)
{
    private const string Customer = "0198a000-0000-7000-8000-00000000c057";
    private readonly Shop shop = host.Shop;

    [Theory]
    [InlineData(
        """{"customerId": "$", "currency": "USD", "items": [{"sku": "NO-SUCH", "quantity": 1}], "paymentToken": "tok_ok"}""",
        422,
        "orders.unknown-sku",
        "items[0].sku"
    )]
    [InlineData(
        """{"customerId": "$", "currency": "USD", "items": [{"sku": "NW-003", "quantity": 0}], "paymentToken": "tok_ok"}""",
        400,
        "request.invalid",
        "items[0].quantity"
    )]
    [InlineData(
        """{"customerId": "$", "currency": "USD", "items": [{"sku": "NW-003", "quantity": -1}], "paymentToken": "tok_ok"}""",
        400,
        "request.invalid",
        "items[0].quantity"
    )]
    [InlineData(
        """{"customerId": "$", "currency": "USD", "items": [{"sku": "NW-003", "quantity": 2147483647}], "paymentToken": "tok_ok"}""",
        400,
        "request.invalid",
        "items[0].quantity"
    )]
    [InlineData(
        """{"customerId": "$", "currency": "USD", "items": [{"sku": "NW-003", "quantity": 99999999999}], "paymentToken": "tok_ok"}""",
        400,
        "request.invalid-json",
        "items[0].quantity"
    )]
    [InlineData(
        """{"customerId": "$", "currency": "USD", "items": [{"sku": "NW-003", "quantity": "1"}], "paymentToken": "tok_ok"}""",
        400,
        "request.invalid-json",
        "items[0].quantity"
    )]
    [InlineData(
        """{"customerId": "$", "currency": "USD", "items": [{"sku": "NW-003", "quantity": 1.5}], "paymentToken": "tok_ok"}""",
        400,
        "request.invalid-json",
        "items[0].quantity"
    )]
    [InlineData(
        """{"customerId": "$", "currency": "USD", "items": [], "paymentToken": "tok_ok"}""",
        400,
        "request.invalid",
        "items"
    )]
    [InlineData(
        """{"customerId": "$", "currency": "USD", "items": [null], "paymentToken": "tok_ok"}""",
        400,
        "request.invalid",
        "items[0]"
    )]
    [InlineData(
        """{"customerId": "$", "currency": "USD", "paymentToken": "tok_ok"}""",
        400,
        "request.invalid",
        "items"
    )]
    [InlineData(
        """{"customerId": "01990000-0000-7000-8000-000000000000", "currency": "USD", "items": [{"sku": "NW-003", "quantity": 1}], "paymentToken": "tok_ok"}""",
        422,
        "orders.unknown-customer",
        "customerId"
    )]
    [InlineData(
        """{"customerId": "nobody", "currency": "USD", "items": [{"sku": "NW-003", "quantity": 1}], "paymentToken": "tok_ok"}""",
        400,
        "request.invalid-json",
        "customerId"
    )]
    [InlineData(
        """{"customerId": "$", "currency": "EUR", "items": [{"sku": "NW-003", "quantity": 1}], "paymentToken": "tok_ok"}""",
        422,
        "orders.wrong-currency",
        "currency"
    )]
    [InlineData(
        """{"customerId": "$", "currency": "dollars", "items": [{"sku": "NW-003", "quantity": 1}], "paymentToken": "tok_ok"}""",
        400,
        "request.invalid",
        "currency"
    )]
    [InlineData(
        """{"customerId": "$", "currency": "USD", "items": [{"sku": "NW-003", "quantity": 1}], "paymentToken": "tok_unheard_of"}""",
        422,
        "orders.unknown-payment-token",
        "paymentToken"
    )]
    [InlineData(
        """{"customerId": "$", "currency": "USD", "items": [{"sku": "NW-003", "quantity": 1}]""",
        400,
        "request.invalid-json",
        null
    )]
    [InlineData("", 400, "request.missing-body", null)]
    [InlineData("null", 400, "request.missing-body", null)]
    [InlineData("[]", 400, "request.invalid-json", null)]
    public async Task Refuses_an_order_that_is(string body, int status, string code, string? field)
    {
        var before = await Orders();

        var answer = await shop.Customer.PostText("/orders", body.Replace("$", Customer, StringComparison.Ordinal));

        IsProblem(answer, status, code);
        if (field is not null)
        {
            answer.FaultyFields.ShouldContain(field, StringComparer.Ordinal, answer.Text);
        }

        (await Orders()).ShouldBe(before);
    }

    [Fact]
    public async Task Refuses_over_long_strings()
    {
        var answer = await shop.Customer.Post("/orders", Shop.Order(new('x', 300), 1, new('y', 300)));

        IsProblem(answer, 400, "request.invalid");
        answer.FaultyFields.ShouldBe(["items[0].sku", "paymentToken"], ignoreOrder: true);
    }

    [Fact]
    public async Task Refuses_text_that_postgresql_cannot_store()
    {
        var answer = await shop.Customer.PostText(
            "/customers",
            """
            {"name": "nul \u0000", "email": "a@example.com", "country": "DE", "address": {"street": "s", "city": "c", "postalCode": "1", "country": "DE"}}
            """
        );

        answer.Status.ShouldBe(HttpStatusCode.BadRequest, answer.Text);
        answer.Code.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Refuses_an_order_for_a_customer_of_somebody_else()
    {
        var mine = (
            await shop.Admin.Post(
                "/customers",
                new
                {
                    name = "Another",
                    email = "another@example.com",
                    country = "DE",
                    address = new
                    {
                        street = "s",
                        city = "c",
                        postalCode = "1",
                        country = "DE",
                    },
                }
            )
        ).Expect(HttpStatusCode.Created);

        var answer = await shop.Customer.Post(
            "/orders",
            Shop.Order("NW-003", 1, customerId: Guid.Parse((string)mine["customerId"]!))
        );

        answer.Status.ShouldBeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.UnprocessableEntity);
        answer.Code.ShouldBeOneOf("orders.foreign-customer", "orders.unknown-customer");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Refuses_other_content_types_than_json(string contentType)
    {
        IsProblem(await shop.Customer.PostText("/orders", "{}", contentType), 415, "request.unsupported-media-type");
        IsProblem(await shop.Open.PostText("/users/login", "{}", contentType), 415, "request.unsupported-media-type");
    }

    [Fact]
    public async Task Refuses_a_body_that_is_too_large() =>
        IsProblem(await shop.Customer.PostOnceWelcome("/orders", new string(' ', 1_100_000)), 413, "request.too-large");

    [Fact]
    public async Task Refuses_calls_without_a_valid_token()
    {
        using Api forged = new(host.Process.Address, "CfDJ8NotAToken");

        IsProblem(await shop.Open.Get($"/orders/{DemoOptions.CustomerId}"), 401, "request.unauthenticated");
        IsProblem(await forged.Get($"/orders/{DemoOptions.CustomerId}"), 401, "request.unauthenticated");
    }

    [Fact]
    public async Task Refuses_customers_what_is_for_admins()
    {
        IsProblem(await shop.Customer.Get("/operations/modules"), 403, "request.forbidden");
        IsProblem(
            await shop.Customer.Put("/inventory/stock/NW-003", new { warehouse = "main", onHand = 1 }),
            403,
            "request.forbidden"
        );
    }

    [Theory]
    [InlineData("/nowhere", 404, "request.not-found")]
    [InlineData("/orders/no-id", 404, "request.not-found")]
    [InlineData("/orders/01990000-0000-7000-8000-000000000000", 404, "orders.unknown-order")]
    [InlineData("/payments?orderId=no-id", 400, "request.invalid-parameter")]
    [InlineData("/payments", 400, "request.invalid-parameter")]
    public async Task Answers_what_is_not_there_with_problem_details(string path, int status, string code) =>
        IsProblem(await shop.Customer.Get(path), status, code);

    [Theory]
    [InlineData("/operations/parked-events/retry", "{\"perSecond\": 1}", "operations.bad-filter", "filter")]
    [InlineData(
        "/operations/parked-events/retry",
        "{\"filter\": {\"key\": \"x\"}}",
        "operations.bad-rate",
        "perSecond"
    )]
    [InlineData(
        "/operations/parked-events/retry",
        "{\"filter\": {}, \"perSecond\": 1}",
        "operations.bad-filter",
        "filter"
    )]
    [InlineData(
        "/operations/parked-events/retry",
        "{\"filter\": {\"kee\": \"x\"}, \"perSecond\": 1}",
        "request.unknown-member",
        "filter.kee"
    )]
    [InlineData("/operations/parked-events/discard", "{\"reason\": \"r\"}", "operations.bad-filter", "filter")]
    [InlineData(
        "/operations/parked-events/discard",
        "{\"filter\": {\"key\": \"x\"}}",
        "operations.reason-required",
        "reason"
    )]
    [InlineData("/operations/parked-events/orders-1/discard", "{}", "operations.reason-required", "reason")]
    [InlineData("/operations/parked-events/orders-1/edit", "{\"reason\": \"r\"}", "operations.bad-payload", "payload")]
    [InlineData("/operations/parked-events/orders-1/edit", "{\"payload\": {}}", "operations.reason-required", "reason")]
    [InlineData("/operations/subscriptions/orders/pause", "{}", "operations.reason-required", "reason")]
    [InlineData("/operations/subscriptions/orders/resume", "{\"source\": \"\"}", "request.invalid", "source")]
    public async Task Names_what_a_call_of_an_operator_lacks(string path, string body, string code, string field)
    {
        var answer = await shop.Admin.PostText(path, body);

        IsProblem(answer, 400, code);
        answer.FaultyFields.ShouldBe([field]);
    }

    [Theory]
    [InlineData("/catalog/products?category=%00", "request.invalid-text", "category", "NUL")]
    [InlineData("/catalog/products?limit=abc", "request.invalid-parameter", "limit", "from 1 to 200")]
    [InlineData("/orders?limit=abc", "request.invalid-parameter", "limit", "from 1 to 100")]
    [InlineData("/orders?statuss=placed", "request.unknown-parameter", "statuss", "customerId, after, limit")]
    [InlineData("/operations/parked-events?statuss=dead", "request.unknown-parameter", "statuss", "errorContains")]
    public async Task Says_what_a_parameter_may_be(string path, string code, string field, string told)
    {
        var answer = await shop.Admin.Get(path);

        IsProblem(answer, 400, code);
        answer.FaultyFields.ShouldBe([field]);
        answer.Text.ShouldContain(told);
    }

    [Fact]
    public async Task Names_members_that_an_order_has_not()
    {
        var answer = await shop.Customer.PostText(
            "/orders",
            "{\"coupon\": 1, \"items\": [{\"sku\": \"NW-003\", \"colour\": \"red\"}]}"
        );

        IsProblem(answer, 400, "request.unknown-member");
        answer.FaultyFields.ShouldBe(["coupon", "items[0].colour"]);
        answer.Text.ShouldContain("customerId, currency, items, paymentToken");
    }

    [Fact]
    public async Task Text_that_cannot_be_stored_spoils_no_connection_for_others()
    {
        for (var round = 0; round < 10; round++)
        {
            IsProblem(
                await shop.Open.PostText("/users/login", "{\"email\": \"a\\u0000@x\", \"password\": \"p\"}"),
                400,
                "request.invalid-text"
            );
            IsProblem(
                await shop.Open.PostText("/users/login", "{\"email\": \"nobody@example.com\", \"password\": \"p\"}"),
                401,
                "users.sign-in-failed"
            );
        }
    }

    [Fact]
    public async Task Refuses_a_method_that_an_address_does_not_have()
    {
        var answer = await shop.Open.Send(new(HttpMethod.Delete, "/users/login"));

        IsProblem(answer, 405, "request.method-not-allowed");
    }

    private async Task<int> Orders() =>
        (await shop.Customer.Get("/orders")).Expect(HttpStatusCode.OK)["items"]!.AsArray().Count;

    private static void IsProblem(Answer answer, int status, string code)
    {
        ((int)answer.Status).ShouldBe(status, answer.Text);
        answer.Code.ShouldBe(code, answer.Text);
        ((string?)answer.Body!["type"]).ShouldBe($"urn:problem:{code}");
        ((string?)answer.Body["traceId"]).ShouldNotBeNullOrEmpty();
        answer.Text.ShouldNotContain("   at ");
        answer.Text.ShouldNotContain("System.");
    }
}
