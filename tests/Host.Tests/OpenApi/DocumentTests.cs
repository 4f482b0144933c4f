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
        document["paths"]!
            .AsObject()
            .SelectMany(path =>
                path.Value!.AsObject()
                    .Select(operation => ($"{operation.Key.ToUpperInvariant()} {path.Key}", operation.Value!))
            );

    public async ValueTask InitializeAsync() =>
        document = (await shop.Open.Get("/openapi/v1.json")).Expect(HttpStatusCode.OK);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public void Every_operation_has_a_summary_and_a_description() =>
        Operations
            .Where(one =>
                string.IsNullOrWhiteSpace((string?)one.Operation["summary"])
                || string.IsNullOrWhiteSpace((string?)one.Operation["description"])
            )
            .Select(one => one.Name)
            .ShouldBeEmpty();

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

            foreach (
                var problem in answers
                    .Select(answer => Resolved(answer.Value!)["content"]?["application/problem+json"])
                    .OfType<JsonNode>()
            )
            {
                problem["examples"]!
                    .AsObject()
                    .ShouldAllBe(example => example.Key == (string)example.Value!["value"]!["code"]!, name);
                problem["examples"]!.AsObject().ShouldNotBeEmpty(name);
            }
        }
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

            foreach (
                var parameter in operation["parameters"]
                    ?.AsArray()
                    .Where(parameter => (bool?)parameter!["required"] == true)
                    ?? []
            )
            {
                parameter!["example"].ShouldNotBeNull($"{(string)parameter["name"]!} of {name} has no example.");
            }
        }
    }

    [Fact]
    public async Task An_admin_can_send_the_example_of_everything_that_can_be_made_as_it_is()
    {
        var makers = document["paths"]!
            .AsObject()
            .Where(path =>
                !path.Key.Contains('{', StringComparison.Ordinal)
                && path.Value!["post"]?["responses"]?["201"] is not null
            )
            .ToArray();

        makers.ShouldNotBeEmpty();
        foreach (var (path, operations) in makers)
        {
            var example = operations!["post"]!["requestBody"]!["content"]!["application/json"]!["example"]!;
            (await shop.Admin.Post(path, example)).Expect(HttpStatusCode.Created);
        }
    }

    [Fact]
    public async Task Says_where_a_page_can_sign_in()
    {
        var scheme = document["components"]!["securitySchemes"]!["signIn"]!;

        ((string)scheme["type"]!).ShouldBe("oauth2");
        var address = (string)scheme["flows"]!["password"]!["tokenUrl"]!;
        using HttpClient page = new();
        using FormUrlEncodedContent form = new([
            new("grant_type", "password"),
            new("username", "customer@example.com"),
            new("password", HostSettings.CustomerPassword),
        ]);
        using var answer = await page.PostAsync(new Uri(address), form, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        document["paths"]!["/users/me/profile"]!["get"]!["security"]!
            .AsArray()
            .ShouldContain(way => way!["signIn"] != null);
    }

    private JsonNode Resolved(JsonNode response) =>
        (string?)response["$ref"] is { } reference
            ? document["components"]!["responses"]![reference.Split('/')[^1]]!
            : response;
}
