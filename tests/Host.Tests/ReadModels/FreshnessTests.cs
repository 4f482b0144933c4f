using System.Globalization;
using System.Net;
using Host.Tests.Running;
using Npgsql;

namespace Host.Tests.ReadModels;

/// <summary>
/// A read model says how current it is, lets a caller read what he has just written, and raises the alarm when it
/// cannot follow.
/// </summary>
[Trait("Module", "OrderSearch")]
public sealed class FreshnessTests(RunningHost shared)
{
    private const string Token = "Consistency-Token";

    [Fact]
    public async Task Shows_its_callers_own_writes_and_raises_the_alarm_when_it_can_read_events_but_not_write_rows()
    {
        using HostSettings settings = new();
        settings.With("EventLog__StalenessThreshold", "00:00:02").With("EventLog__CatchUpTimeLimit", "00:00:01");
        await using var host = await HostProcess.StartAsync(settings);
        using var shop = await Shop.EnterAsync(host);
        var database = new NpgsqlConnectionStringBuilder(await host.Administrator())
        {
            Database = "modular_monolith",
        }.ConnectionString;
        var sku = await shop.StockedProduct(100);

        var (placed, token) = await Place(shop, sku);
        (await Search(shop, sku, token)).Body!["items"]!
            .AsArray()
            .Select(found => (string)found!["orderId"]!)
            .ShouldBe([placed]);
        (await Health(shop)).ShouldBe("healthy");

        // The consumer goes on reading Orders' outbox once a second; only its own table refuses.
        await HostProcess.ExecuteAsync(
            database,
            """
            create function order_search.refuse() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$;
            create trigger refuse before insert or update on order_search.order_search for each row execute function order_search.refuse();
            """
        );
        var (missed, missedToken) = await Place(shop, sku);
        (await shop.Final(missed))["status"]!.ToString().ShouldBe("confirmed", "Other modules are not concerned.");

        var refused = await Search(shop, sku, missedToken);
        refused.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Code.ShouldBe("request.not-yet-applied");
        refused.Headers.RetryAfter.ShouldNotBeNull();
        await Shop.Eventually(
            () => Health(shop),
            health => string.Equals(health, "degraded", StringComparison.Ordinal)
        );
        var stuck = await Search(shop, sku, token: null);
        stuck.Body!["items"]!.AsArray().Count.ShouldBe(1, "What there is can still be read.");
        var missedAt = await OldestParked(shop);
        AsOf(await Search(shop, sku, token: null))
            .ShouldBeLessThanOrEqualTo(missedAt, "Looking does not make it current.");

        await HostProcess.ExecuteAsync(
            database,
            "drop trigger refuse on order_search.order_search; drop function order_search.refuse()"
        );
        foreach (var parked in (await shop.Admin.Get("/operations/parked-events")).Expect(HttpStatusCode.OK).AsArray())
        {
            // An event that its own retry has applied since the list was read is not parked any more.
            (
                await shop.Admin.Post($"/operations/parked-events/{(string)parked!["id"]!}/retry", new { })
            ).Status.ShouldBeOneOf(HttpStatusCode.NoContent, HttpStatusCode.NotFound);
        }

        await Shop.Eventually(() => Health(shop), health => string.Equals(health, "healthy", StringComparison.Ordinal));
        var current = await Shop.Eventually(
            () => Search(shop, sku, missedToken),
            answer => answer.Status is HttpStatusCode.OK
        );
        current.Body!["items"]!.AsArray().Count.ShouldBe(2);
        AsOf(current).ShouldBeGreaterThan(missedAt);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("orders:one")]
    [InlineData("orders:1;drop")]
    public async Task Refuses_a_token_that_no_command_answered(string token)
    {
        var answer = await Search(shared.Shop, "NW-003", token);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Code.ShouldBe("request.invalid-consistency-token");
    }

    private static async Task<(string OrderId, string Token)> Place(Shop shop, string sku)
    {
        var answer = await shop.Customer.Post("/orders", Shop.Order(sku, 1));
        return ((string)answer.Expect(HttpStatusCode.Accepted)["orderId"]!, answer.Headers.GetValues(Token).Single());
    }

    private static Task<Answer> Search(Shop shop, string sku, string? token)
    {
        HttpRequestMessage request = new(HttpMethod.Get, $"/order-search?sku={sku}");
        if (token is not null)
        {
            request.Headers.Add(Token, token);
        }

        return shop.Customer.Send(request);
    }

    private static async Task<string> Health(Shop shop) =>
        (string)(await shop.Open.Get("/health/ready")).Body!["modules"]!["order_search"]!["status"]!;

    /// <summary>When the oldest of the parked events was written.</summary>
    private static async Task<DateTimeOffset> OldestParked(Shop shop)
    {
        List<DateTimeOffset> written = [];
        foreach (var parked in (await shop.Admin.Get("/operations/parked-events")).Expect(HttpStatusCode.OK).AsArray())
        {
            written.Add(
                (await shop.Admin.Get($"/operations/parked-events/{(string)parked!["id"]!}")).Expect(HttpStatusCode.OK)[
                    "occurredAt"
                ]!.GetValue<DateTimeOffset>()
            );
        }

        return written.Min();
    }

    private static DateTimeOffset AsOf(Answer answer) =>
        DateTimeOffset.Parse(answer.Headers.GetValues("Data-As-Of").Single(), CultureInfo.InvariantCulture);
}
