using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Host.Tests.Running;

namespace Host.Tests.Orders;

[Trait("Module", "Orders")]
public sealed class KilledHostTests
{
    private const int Orders = 500;
    private const int AtOnce = 8;
    private const int KillAfter = 200;
    private const int OnHand = 10_000;

    [Fact]
    public async Task Loses_nothing_and_charges_nobody_twice_when_killed_amid_500_orders()
    {
        using HostSettings settings = new();
        var (sku, answered) = await PlaceUntilKilledAsync(settings);

        await using var host = await HostProcess.StartAsync(settings);
        using var shop = await Shop.EnterAsync(host);

        // What was answered is there under the same id; what was not can be asked for again without ever being placed
        // twice.
        ConcurrentDictionary<int, string> placed = [];
        await Parallel.ForAsync(0, Orders, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
            placed[number] = await PlaceAsync(shop, sku, number)
        );
        foreach (var (number, orderId) in answered)
        {
            placed[number].ShouldBe(orderId);
        }

        placed.Values.Distinct(StringComparer.Ordinal).Count().ShouldBe(Orders);
        await CheckOutcomesAsync(shop, sku, placed);
    }

    private static async Task<(string Sku, ConcurrentDictionary<int, string> Answered)> PlaceUntilKilledAsync(
        HostSettings settings
    )
    {
        await using var host = await HostProcess.StartAsync(settings);
        using var shop = await Shop.EnterAsync(host);
        var sku = await shop.StockedProduct(OnHand);
        ConcurrentDictionary<int, string> answered = [];
        await Parallel.ForAsync(0, Orders, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
        {
            try
            {
                answered[number] = await PlaceAsync(shop, sku, number);
                if (answered.Count == KillAfter)
                {
                    host.Kill();
                }
            }
            catch (HttpRequestException)
            {
                // Nobody knows whether this one was placed: that is the point.
            }
        });
        answered.Count.ShouldBeLessThan(Orders, "The Host was killed too late for this test to show anything.");
        return (sku, answered);
    }

    private static Task<string> PlaceAsync(Shop shop, string sku, int number) =>
        shop.Place(
            sku,
            Quantity(number),
            TokenOf(number),
            string.Create(CultureInfo.InvariantCulture, $"killed-{number}")
        );

    private static int Quantity(int number) => 1 + (number % 3);

    private static string TokenOf(int number) =>
        (number % 10) switch
        {
            0 => "tok_declined",
            1 => "tok_flaky",
            _ => "tok_ok",
        };

    private static async Task CheckOutcomesAsync(Shop shop, string sku, ConcurrentDictionary<int, string> placed)
    {
        var confirmedPieces = 0;
        await Parallel.ForEachAsync(placed, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (order, _) =>
        {
            var (number, orderId) = order;
            var status = (string)(await shop.Final(orderId))["status"]!;
            status.ShouldBe(number % 10 == 0 ? "cancelled" : "confirmed", $"order {number}");

            var payments = await shop.Payments(orderId);
            var captured = payments.Count(payment => (string)payment!["status"]! is "captured");
            captured.ShouldBe(status is "confirmed" ? 1 : 0, $"order {number}");
            if (captured == 1)
            {
                Interlocked.Add(ref confirmedPieces, Quantity(number));
            }
        });
        var stock = await Shop.Eventually(() => shop.Stock(sku), stock => stock.Available == OnHand - confirmedPieces);
        (stock.OnHand - stock.Reserved).ShouldBe(stock.Available);
        (await shop.Admin.Get("/operations/parked-events")).Expect(HttpStatusCode.OK).AsArray().ShouldBeEmpty();
    }
}
