using System.Net;
using System.Text.Json.Nodes;
using Host.Tests.Running;

namespace Host.Tests.Orders;

/// <summary>What the OpenAPI document says of placing an order.</summary>
[Trait("Module", "Orders")]
[Collection(RunningHost.DemoCustomersOrders)]
public sealed class OrderDocumentTests(RunningHost host) : IAsyncLifetime
{
    private readonly Shop shop = host.Shop;
    private JsonNode operation = null!;

    public async ValueTask InitializeAsync() =>
        operation = (await shop.Open.Get("/openapi/v1.json")).Expect(HttpStatusCode.OK)["paths"]!["/orders"]!["post"]!;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public void Names_what_placing_an_order_refuses()
    {
        Codes("422").ShouldContain("orders.unknown-sku", StringComparer.Ordinal);
        Codes("409").ShouldBe(["orders.idempotency-key-reused", "request.changed-meanwhile"]);
        ((string)operation["responses"]!["422"]!["description"]!).ShouldContain(
            "`orders.product-discontinued`: This product is no longer sold."
        );
    }

    [Fact]
    public async Task The_demo_customer_can_send_the_example_of_an_order_as_it_is()
    {
        var answer = await shop.Customer.Post(
            "/orders",
            operation["requestBody"]!["content"]!["application/json"]!["example"]!
        );

        answer.Expect(HttpStatusCode.Accepted);
        await shop.Final((string)answer.Body!["orderId"]!);
    }

    private string[] Codes(string status) =>
        [
            .. operation["responses"]![status]!["content"]!["application/problem+json"]!["examples"]!
                .AsObject()
                .Select(example => example.Key),
        ];
}
