using System.Net;
using System.Text.Json.Nodes;
using Host.Tests.Running;

namespace Host.Tests.Http;

[Collection(RunningHost.DemoCustomersOrders)]
public sealed class SurfaceTests(RunningHost host)
{
    private readonly Shop shop = host.Shop;

    [Fact]
    public async Task Describes_itself_in_openapi_3_1_with_unique_operations_that_say_who_may_call()
    {
        var document = (await shop.Open.Get("/openapi/v1.json")).Expect(HttpStatusCode.OK);

        ((string)document["openapi"]!).ShouldStartWith("3.1");
        var operations = document["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject())
            .Select(operation => operation.Value!)
            .ToArray();
        operations.Select(operation => (string)operation["operationId"]!).ShouldBeUnique(StringComparer.Ordinal);
        operations.ShouldAllBe(operation =>
            operation["responses"]!["500"] != null && operation["tags"]!.AsArray().Count == 1
        );
        Secured(document, "/users/me/profile", "get").ShouldBeTrue();
        Secured(document, "/users/login", "post").ShouldBeFalse();
        document["components"]!["schemas"]!
            .AsObject()
            .Select(schema => schema.Key)
            .ShouldContain("UsersRegisterUser", StringComparer.Ordinal);
    }

    [Fact]
    public async Task Tells_which_modules_are_well_without_telling_secrets()
    {
        var health = (await shop.Open.Get("/health/ready")).Expect(HttpStatusCode.OK);

        var running = (await shop.Admin.Get("/operations/modules"))
            .Expect(HttpStatusCode.OK)
            .AsArray()
            .Select(module => (string)module!["name"]!);
        health["modules"]!.AsObject().Select(module => module.Key).ShouldBe(running);
        health.ToJsonString().ShouldNotContain("assword");
        (await shop.Open.Get("/health/live")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Sends_security_headers_and_no_server_name()
    {
        var answer = await shop.Open.Get("/reference/countries");

        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'");
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    [Fact]
    public async Task Keeps_the_correlation_of_the_caller_and_makes_one_for_others()
    {
        HttpRequestMessage request = new(HttpMethod.Get, "/reference/countries")
        {
            Headers = { { "X-Correlation-Id", "mine-1" } },
        };

        (await shop.Open.Send(request)).Headers.GetValues("X-Correlation-Id").ShouldBe(["mine-1"]);
        (await shop.Open.Get("/nowhere")).Headers.GetValues("X-Correlation-Id").Single().Length.ShouldBe(36);
    }

    [Fact]
    public async Task Shows_swagger_ui_in_development() =>
        (await shop.Open.Get("/swagger/index.html")).Text.ShouldContain("swagger-ui");

    [Fact]
    public async Task Shows_operators_the_subscriptions()
    {
        var subscriptions = (await shop.Admin.Get("/operations/subscriptions")).Expect(HttpStatusCode.OK).AsArray();

        var health = (await shop.Open.Get("/health/ready")).Expect(HttpStatusCode.OK);
        subscriptions
            // A module's outbound reactions are a subscription of their own, named after it: orders.outbound.
            .Select(one => $"{((string)one!["name"]!).Split('.')[0]} from {(string)one["source"]!}")
            .ShouldBe(
                health["modules"]!
                    .AsObject()
                    .SelectMany(module =>
                        module.Value!["details"]!["subscriptions"]!
                            .AsArray()
                            .Select(one => $"{module.Key} from {(string)one!["source"]!}")
                    ),
                ignoreOrder: true
            );
    }

    [Fact]
    public async Task Refuses_to_act_on_a_parked_event_that_is_none()
    {
        var answer = await shop.Admin.Post("/operations/parked-events/users-1/retry", new { });

        answer.Code.ShouldBe("operations.unknown-parked-event");
        (await shop.Admin.Post("/operations/parked-events/users-1/discard", new { reason = "" })).Status.ShouldBe(
            HttpStatusCode.BadRequest
        );
    }

    private static bool Secured(JsonNode document, string path, string method) =>
        document["paths"]![path]![method]!["security"] is JsonArray { Count: > 0 };
}
