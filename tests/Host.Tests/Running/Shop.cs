using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using BuildingBlocks.Modules;

namespace Host.Tests.Running;

/// <summary>The demo installation seen by its admin and its customer, and what the tests do in it.</summary>
public sealed class Shop : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static int products;

    private Shop(Api open, Api admin, Api customer) => (Open, Admin, Customer) = (open, admin, customer);

    public Api Open { get; }

    public Api Admin { get; }

    public Api Customer { get; }

    public static async Task<Shop> EnterAsync(HostProcess host, Action<HttpMethod, string, Answer>? hold = null)
    {
        Api open = new(host.Address, hold: hold);
        return new(
            open,
            await open.SignedIn("admin@example.com", HostSettings.AdminPassword),
            await open.SignedIn("customer@example.com", HostSettings.CustomerPassword)
        );
    }

    /// <summary>Puts a product on sale that no other test touches.</summary>
    public async Task<string> StockedProduct(int onHand)
    {
        var sku = string.Create(
            CultureInfo.InvariantCulture,
            $"T-{Environment.ProcessId}-{Interlocked.Increment(ref products)}"
        );
        (
            await Admin.Post(
                "/catalog/products",
                new
                {
                    sku,
                    name = "Of the tests",
                    category = "Tests",
                    priceMinor = 250,
                    currency = "USD",
                }
            )
        ).Expect(HttpStatusCode.Created);
        (await Admin.Put($"/inventory/stock/{sku}", new { warehouse = "main", onHand })).Expect(HttpStatusCode.OK);
        return sku;
    }

    public async Task<(int OnHand, int Reserved, int Available)> Stock(string sku)
    {
        var stock = (await Admin.Get($"/inventory/stock/{sku}")).Expect(HttpStatusCode.OK);
        return ((int)stock["onHand"]!, (int)stock["reserved"]!, (int)stock["available"]!);
    }

    public static object Order(string sku, int quantity, string paymentToken = "tok_ok", Guid? customerId = null) =>
        new
        {
            customerId = customerId ?? DemoOptions.CustomerId,
            currency = "USD",
            items = new[] { new { sku, quantity } },
            paymentToken,
        };

    /// <summary>Places an order that must be accepted, and answers its id.</summary>
    public async Task<string> Place(
        string sku,
        int quantity,
        string paymentToken = "tok_ok",
        string? idempotencyKey = null
    ) =>
        (string)
            (await Customer.Post("/orders", Order(sku, quantity, paymentToken), idempotencyKey)).Expect(
                HttpStatusCode.Accepted
            )["orderId"]!;

    /// <summary>The order once it is confirmed or cancelled.</summary>
    public Task<JsonNode> Final(string orderId) => Reached(orderId, "confirmed", "cancelled");

    /// <summary>The order once it has one of these statuses.</summary>
    public Task<JsonNode> Reached(string orderId, params string[] statuses) =>
        Eventually(
            async () => (await Customer.Get($"/orders/{orderId}")).Expect(HttpStatusCode.OK),
            order => statuses.Contains((string)order["status"]!, StringComparer.Ordinal)
        );

    /// <summary>The order's shipment once there is one.</summary>
    public async Task<JsonNode> Shipment(string orderId) =>
        (
            await Eventually(
                async () =>
                    (await Customer.Get($"/shipments?orderId={orderId}")).Expect(HttpStatusCode.OK)["items"]!.AsArray(),
                items => items.Count == 1
            )
        )[0]!;

    /// <summary>Sends the goods of an order on their way, or brings them there.</summary>
    /// <param name="step"><c>dispatch</c> or <c>deliver</c>.</param>
    public async Task<Answer> Ship(string orderId, string step) =>
        await Admin.Post($"/shipments/{(string)(await Shipment(orderId))["shipmentId"]!}/{step}", new { });

    /// <summary>The order's payments.</summary>
    public async Task<JsonArray> Payments(string orderId) =>
        (await Customer.Get($"/payments?orderId={orderId}")).Expect(HttpStatusCode.OK)["items"]!.AsArray();

    public static async Task<T> Eventually<T>(Func<Task<T>> look, Func<T, bool> isSo)
    {
        using CancellationTokenSource deadline = new(Patience);
        while (true)
        {
            var seen = await look();
            if (isSo(seen))
            {
                return seen;
            }

            deadline.IsCancellationRequested.ShouldBeFalse(
                $"It did not come so in {Patience}; the last seen was {seen}"
            );
            await Task.Delay(Pause);
        }
    }

    public void Dispose()
    {
        Open.Dispose();
        Admin.Dispose();
        Customer.Dispose();
    }
}
