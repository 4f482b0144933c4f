using System.Net;
using System.Text.Json.Nodes;
using Host.Tests.Running;

namespace Host.Tests.OpenApi;

/// <summary>What a person or a program can rely on in the OpenAPI document of the real Host.</summary>
[Collection(RunningHost.DemoCustomersOrders)]
public sealed class DocumentTests(RunningHost host) : IAsyncLifetime
{
    private readonly Shop shop = host.Shop;
    private JsonNode document = null!;

    private IEnumerable<(string Name, JsonNode Operation)> Operations =>
        document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()
            .Select(operation => ($"{operation.Key.ToUpperInvariant()} {path.Key}", operation.Value!)));

    public async ValueTask InitializeAsync() =>
        document = (await shop.Open.Get("/openapi/v1.json")).Expect(HttpStatusCode.OK);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public void Every_operation_has_a_summary_and_a_description() => Operations
        .Where(one => string.IsNullOrWhiteSpace((string?)one.Operation["summary"])
            || string.IsNullOrWhiteSpace((string?)one.Operation["description"]))
        .Select(one => one.Name).ShouldBeEmpty();

    [Fact]
    public void Every_operation_declares_single_statuses_and_the_problem_codes_of_each()
    {
        foreach (var (name, operation) in Operations)
        {
            var answers = operation["responses"]!.AsObject();

            answers.ShouldAllBe(answer => answer.Key.Length == 3 && answer.Key.All(char.IsAsciiDigit), name);
            answers.ShouldContain(answer => answer.Key.StartsWith('2'), name);
            if (operation["security"]!.AsArray().Count > 0)
            {
                answers.ShouldContainKey("401", name);
            }

            foreach (var problem in answers.Select(answer =>
                Resolved(answer.Value!)["content"]?["application/problem+json"]).OfType<JsonNode>())
            {
                problem["examples"]!.AsObject()
                    .ShouldAllBe(example => example.Key == (string)example.Value!["value"]!["code"]!, name);
                problem["examples"]!.AsObject().ShouldNotBeEmpty(name);
            }
        }
    }

    [Fact]
    public void Names_what_placing_an_order_refuses()
    {
        var answers = document["paths"]!["/orders"]!["post"]!["responses"]!;

        Codes(answers["422"]!).ShouldContain("orders.unknown-sku", StringComparer.Ordinal);
        Codes(answers["409"]!).ShouldBe(["orders.idempotency-key-reused", "request.changed-meanwhile"]);
        Codes(answers["401"]!).ShouldBe(["request.unauthenticated"]);
        ((string)Resolved(answers["422"]!)["description"]!)
            .ShouldContain("`orders.product-discontinued`: This product is no longer sold.");
    }

    [Fact]
    public void Everything_that_must_be_sent_has_an_example()
    {
        foreach (var (name, operation) in Operations)
        {
            foreach (var content in operation["requestBody"]?["content"]?.AsObject() ?? [])
            {
                content.Value!["example"].ShouldNotBeNull($"The body of {name} has no example.");
            }

            foreach (var parameter in operation["parameters"]?.AsArray()
                .Where(parameter => (bool?)parameter!["required"] == true) ?? [])
            {
                parameter!["example"].ShouldNotBeNull($"{(string)parameter["name"]!} of {name} has no example.");
            }
        }
    }

    [Fact]
    public async Task The_demo_customer_can_send_the_example_of_an_order_as_it_is()
    {
        var answer = await shop.Customer.Post("/orders", ExampleOf("/orders"));

        answer.Expect(HttpStatusCode.Accepted);
        await shop.Final((string)answer.Body!["orderId"]!);
    }

    [Theory]
    [InlineData("/users/register")]
    [InlineData("/customers")]
    [InlineData("/catalog/categories")]
    [InlineData("/catalog/products")]
    [InlineData("/content/categories")]
    [InlineData("/content/posts")]
    public async Task An_admin_can_send_the_example_of_what_makes_something_as_it_is(string path) =>
        (await shop.Admin.Post(path, ExampleOf(path))).Expect(HttpStatusCode.Created);

    [Fact]
    public async Task Says_where_a_page_can_sign_in()
    {
        var scheme = document["components"]!["securitySchemes"]!["signIn"]!;

        ((string)scheme["type"]!).ShouldBe("oauth2");
        var address = (string)scheme["flows"]!["password"]!["tokenUrl"]!;
        using HttpClient page = new();
        using FormUrlEncodedContent form = new(
        [
            new("grant_type", "password"),
            new("username", "customer@example.com"),
            new("password", HostSettings.CustomerPassword),
        ]);
        using var answer = await page.PostAsync(new Uri(address), form, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        document["paths"]!["/orders"]!["post"]!["security"]!.AsArray().ShouldContain(way => way!["signIn"] != null);
    }

    private JsonNode ExampleOf(string path) =>
        document["paths"]![path]!["post"]!["requestBody"]!["content"]!["application/json"]!["example"]!;

    private string[] Codes(JsonNode response) =>
        [.. Resolved(response)["content"]!["application/problem+json"]!["examples"]!.AsObject().Select(example => example.Key)];

    private JsonNode Resolved(JsonNode response) =>
        (string?)response["$ref"] is { } reference
            ? document["components"]!["responses"]![reference.Split('/')[^1]]!
            : response;
}
