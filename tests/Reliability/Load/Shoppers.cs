using System.Globalization;
using BuildingBlocks.Modules;

namespace Reliability.Load;

/// <summary>
/// Concurrent clients that order, call off, reprice, recount and ship, and ask again with the same key whenever they
/// were not told.
/// </summary>
internal sealed class Shoppers(Caller caller, History history, int seed)
{
    public const int Stock = 1_000_000;
    public const int ScarceStock = 60;
    public const int Plenty = 12;
    public const int Scarce = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private int orders;

    public static string PlentySku(int number) => string.Create(CultureInfo.InvariantCulture, $"R-{number:00}");

    public static string ScarceSku(int number) => string.Create(CultureInfo.InvariantCulture, $"R-SCARCE-{number}");

    public static string CountedSku(int client) => string.Create(CultureInfo.InvariantCulture, $"R-COUNTED-{client}");

    /// <summary>Puts on sale what will be ordered; nothing is broken yet.</summary>
    public async Task StockUpAsync(int clients)
    {
        Random random = new(seed);
        foreach (
            var (sku, onHand) in Enumerable
                .Range(0, Plenty)
                .Select(number => (PlentySku(number), Stock))
                .Concat(Enumerable.Range(0, Scarce).Select(number => (ScarceSku(number), ScarceStock)))
                .Concat(Enumerable.Range(0, clients).Select(client => (CountedSku(client), 1)))
        )
        {
            await InsistAsync(
                random,
                "add product",
                sku,
                admin: true,
                HttpMethod.Post,
                "/catalog/products",
                new
                {
                    sku,
                    name = $"Product {sku}",
                    category = "Fault tests",
                    priceMinor = 1000,
                    currency = "USD",
                }
            );
            await InsistAsync(
                random,
                "count stock",
                sku,
                admin: true,
                HttpMethod.Put,
                $"/inventory/stock/{sku}",
                new { warehouse = "main", onHand }
            );
        }
    }

    /// <summary>One client, until it is told to stop; what it has begun it brings to a definite answer.</summary>
    public async Task ShopAsync(int client, TimeSpan pause, CancellationToken stop)
    {
        Random random = new(HashCode.Combine(seed, client));
        List<KnownOrder> own = [];
        while (!stop.IsCancellationRequested)
        {
            switch (random.Next(100))
            {
                case < 70:
                    own.Add(await OrderAsync(random));
                    break;
                case < 80:
                    await CancelAsync(random, own);
                    break;
                case < 88:
                    await RepriceAsync(random, client);
                    break;
                case < 92:
                    await CountAsync(random, client);
                    break;
                default:
                    await ShipAsync(random, own);
                    break;
            }

            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<KnownOrder> OrderAsync(Random random)
    {
        Dictionary<string, int> items = new(StringComparer.Ordinal);
        for (var line = random.Next(1, 4); line > 0; line--)
        {
            var sku = random.Next(25) == 0 ? ScarceSku(random.Next(Scarce)) : PlentySku(random.Next(Plenty));
            items[sku] = random.Next(1, 4);
        }

        var key = string.Create(CultureInfo.InvariantCulture, $"r-{seed}-{Interlocked.Increment(ref orders)}");
        KnownOrder order = new(
            key,
            random.Next(20) switch
            {
                0 => "tok_declined",
                1 => "tok_flaky",
                _ => "tok_ok",
            },
            items
        );
        history.Orders[key] = order;
        var answer = await InsistAsync(
            random,
            "order",
            key,
            admin: false,
            HttpMethod.Post,
            "/orders",
            new
            {
                customerId = DemoOptions.CustomerId,
                currency = "USD",
                items = items.Select(item => new { sku = item.Key, quantity = item.Value }),
                paymentToken = order.Token,
            },
            key
        );
        order.Outcome = answer.Outcome;
        if (answer is { Outcome: Outcome.Acknowledged, Body: { } body })
        {
            order.Ids.Add((string)body["orderId"]!);
            if (random.Next(20) == 0)
            {
                await OrderAgainAsync(random, order);
            }
        }

        return order;
    }

    /// <summary>Some clients send again although they were told.</summary>
    private async Task OrderAgainAsync(Random random, KnownOrder order)
    {
        var again = await InsistAsync(
            random,
            "order again",
            order.Key,
            admin: false,
            HttpMethod.Post,
            "/orders",
            new
            {
                customerId = DemoOptions.CustomerId,
                currency = "USD",
                items = order.Items.Select(item => new { sku = item.Key, quantity = item.Value }),
                paymentToken = order.Token,
            },
            order.Key
        );
        order.Ids.Add(
            again is { Outcome: Outcome.Acknowledged, Body: { } body }
                ? (string)body["orderId"]!
                : $"refused: {again.Text}"
        );
    }

    private async Task CancelAsync(Random random, List<KnownOrder> own)
    {
        if (Pick(random, own, order => !order.CancelAttempted) is { } order)
        {
            order.CancelAttempted = true;
            var answer = await InsistAsync(
                random,
                "cancel",
                order.Key,
                admin: false,
                HttpMethod.Post,
                $"/orders/{order.Ids.First()}/cancel",
                new { }
            );
            order.CancelAcknowledged = answer.Outcome == Outcome.Acknowledged;
        }
    }

    private async Task RepriceAsync(Random random, int client)
    {
        // One client a product, one price after the other: the last one told is the price.
        var sku = PlentySku(client % Plenty);
        if (client < Plenty)
        {
            var priceMinor = random.Next(100, 10_000);
            if (
                (
                    await InsistAsync(
                        random,
                        "reprice",
                        sku,
                        admin: true,
                        HttpMethod.Put,
                        $"/catalog/products/{sku}/price",
                        new { priceMinor, currency = "USD" }
                    )
                ).Outcome == Outcome.Acknowledged
            )
            {
                history.Keep($"price {sku}", priceMinor.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    private async Task CountAsync(Random random, int client)
    {
        var sku = CountedSku(client);
        var onHand = random.Next(1, 10_000);
        if (
            (
                await InsistAsync(
                    random,
                    "count stock",
                    sku,
                    admin: true,
                    HttpMethod.Put,
                    $"/inventory/stock/{sku}",
                    new { warehouse = "main", onHand }
                )
            ).Outcome == Outcome.Acknowledged
        )
        {
            history.Keep($"stock {sku}", onHand.ToString(CultureInfo.InvariantCulture));
        }
    }

    private async Task ShipAsync(Random random, List<KnownOrder> own)
    {
        if (Pick(random, own, order => !order.DispatchAcknowledged) is not { } order)
        {
            return;
        }

        var found = await caller.SendAsync(
            random,
            asAdmin: true,
            HttpMethod.Get,
            $"/shipments?orderId={order.Ids.First()}",
            body: null
        );
        if (
            found is not { Outcome: Outcome.Acknowledged, Body: { } body }
            || body["items"]?.AsArray() is not { Count: 1 } shipments
        )
        {
            return;
        }

        var shipmentId = (string)shipments[0]!["shipmentId"]!;
        var sent = await InsistAsync(
            random,
            "dispatch",
            order.Key,
            admin: true,
            HttpMethod.Post,
            $"/shipments/{shipmentId}/dispatch",
            new { }
        );
        order.DispatchAcknowledged = sent.Outcome == Outcome.Acknowledged;
        if (order.DispatchAcknowledged && random.Next(2) == 0)
        {
            await InsistAsync(
                random,
                "deliver",
                order.Key,
                admin: true,
                HttpMethod.Post,
                $"/shipments/{shipmentId}/deliver",
                new { }
            );
        }
    }

    private static KnownOrder? Pick(Random random, List<KnownOrder> own, Func<KnownOrder, bool> suits)
    {
        // Young ones and old ones.
        var candidates = own.Where(order => order.Outcome == Outcome.Acknowledged && suits(order))
            .TakeLast(random.Next(2) == 0 ? 2 : 200)
            .ToArray();
        return candidates.Length == 0 ? null : candidates[random.Next(candidates.Length)];
    }

    /// <summary>Asks until there is a definite answer.</summary>
    private async Task<Answer> InsistAsync(
        Random random,
        string operation,
        string key,
        bool admin,
        HttpMethod method,
        string path,
        object body,
        string? idempotencyKey = null
    )
    {
        using CancellationTokenSource patience = new(Patience);
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var answer = await caller.SendAsync(random, admin, method, path, body, idempotencyKey);
            if (answer.Host >= 0)
            {
                history.Note(
                    operation,
                    key,
                    answer.Outcome,
                    answer.Host,
                    answer.Status,
                    answer is { Outcome: Outcome.Acknowledged, Body: System.Text.Json.Nodes.JsonObject told }
                        ? (string?)told["orderId"]
                        : null,
                    answer.Outcome == Outcome.Acknowledged
                        ? null
                        : answer.Code ?? answer.Text[..Math.Min(answer.Text.Length, 200)]
                );
            }

            if (answer.Status == 500)
            {
                history.Failures.AddOrUpdate(
                    $"{operation}: {answer.Text[..Math.Min(answer.Text.Length, 300)]}",
                    1,
                    (_, count) => count + 1
                );
            }

            if (answer.Outcome != Outcome.Unknown)
            {
                return answer;
            }

            if (patience.IsCancellationRequested)
            {
                history.NeverAnswered.Add(
                    $"{operation} {key}: {answer.Status} {answer.Text[..Math.Min(answer.Text.Length, 200)]}"
                );
                return answer;
            }

            await Task.Delay(pause);
        }
    }
}
