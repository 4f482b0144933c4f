using System.Net;
using Host.Tests.Running;
using Npgsql;

namespace Host.Tests.ReadModels;

/// <summary>
/// A projection is rebuilt from history while orders come in, and survives that the Host is killed meanwhile.
/// </summary>
[Trait("Module", "OrderSearch")]
public sealed class RebuildTests(RunningHost shared)
{
    private const int OrdersBefore = 40;
    private const int Buyers = 4;

    [Fact]
    public async Task Comes_out_the_same_to_the_row_though_killed_in_the_middle_and_under_traffic()
    {
        using HostSettings settings = new();
        // A rebuild in many small steps is one that can be killed between them.
        settings.With("EventLog__PageSize", "1");
        string database,
            sku;
        await using (var killed = await HostProcess.StartAsync(settings))
        {
            using var before = await Shop.EnterAsync(killed);
            database = new NpgsqlConnectionStringBuilder(await killed.Administrator())
            {
                Database = "modular_monolith",
            }.ConnectionString;
            sku = await before.StockedProduct(1000);
            await PlaceAll(before, sku, OrdersBefore);
            await Start(before);
            killed.Kill();
        }

        (
            await Value(database, "select count(*) from order_search.subscriptions where name = 'order_search.rebuild'")
        ).ShouldBePositive("The Host was killed too late for this test to show anything.");
        var former = await LiveTable(database);

        settings.With("EventLog__PageSize", "200"); // It has to be faster than the traffic.
        await using var host = await HostProcess.StartAsync(settings);
        using var shop = await Shop.EnterAsync(host);
        await Finished(database);
        (await LiveTable(database)).ShouldNotBe(former);

        await Start(shop);
        var ordersMeanwhile = await PlaceUntil(Finished(database), shop, sku);
        await Shop.Eventually(
            () =>
                Value(
                    database,
                    "select count(*) from order_search.order_search where status in ('confirmed', 'cancelled')"
                ),
            count => count == OrdersBefore + ordersMeanwhile
        );
        var rebuiltUnderTraffic = await Rows(database);
        await Start(shop);
        await Finished(database);

        (await Rows(database)).ShouldBe(rebuiltUnderTraffic);
        (await Value(database, "select count(*) from order_search_rebuild.order_search")).ShouldBe(
            0,
            "What was replaced is of use to nobody."
        );
        (await Value(database, "select count(*) from orders.orders")).ShouldBe(OrdersBefore + ordersMeanwhile);
    }

    [Fact]
    public async Task Is_refused_for_what_cannot_be_rebuilt()
    {
        var (unknown, orders) = (
            await shared.Shop.Admin.Post("/operations/subscriptions/nobody/rebuild", new { }),
            await shared.Shop.Admin.Post("/operations/subscriptions/orders/rebuild", new { })
        );

        (unknown.Status, unknown.Code).ShouldBe((HttpStatusCode.NotFound, "operations.unknown-subscription"));
        (orders.Status, orders.Code).ShouldBe((HttpStatusCode.UnprocessableEntity, "operations.not-a-projection"));
        (await shared.Shop.Customer.Post("/operations/subscriptions/order_search/rebuild", new { })).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );
    }

    private static async Task Start(Shop shop) =>
        (await shop.Admin.Post("/operations/subscriptions/order_search/rebuild", new { })).Status.ShouldBe(
            HttpStatusCode.Accepted
        );

    private static Task PlaceAll(Shop shop, string sku, int orders) =>
        Parallel.ForAsync(0, orders, new ParallelOptions { MaxDegreeOfParallelism = Buyers }, async (number, _) =>
            await PlaceOne(shop, sku, number)
        );

    /// <returns>How many orders were placed meanwhile.</returns>
    private static async Task<int> PlaceUntil(Task finished, Shop shop, string sku)
    {
        var placed = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, Buyers)
                .Select(async _ =>
                {
                    do
                    {
                        await PlaceOne(shop, sku, Interlocked.Increment(ref placed));
                    } while (!finished.IsCompleted);
                })
        );
        await finished;
        return placed;
    }

    private static async Task PlaceOne(Shop shop, string sku, int number) =>
        await shop.Final(await shop.Place(sku, 1, number % 5 == 0 ? "tok_declined" : "tok_ok"));

    private static async Task Finished(string database) =>
        await Shop.Eventually(
            () =>
                Value(database, "select count(*) from order_search.subscriptions where name = 'order_search.rebuild'"),
            left => left == 0
        );

    /// <summary>Which table goes by the name of the live one.</summary>
    private static Task<long> LiveTable(string database) =>
        Value(database, "select 'order_search.order_search'::regclass::oid::bigint");

    private static async Task<IReadOnlyList<string>> Rows(string database) =>
        await List<string>(
            database,
            "select row_to_json(t)::text from order_search.order_search t union all select row_to_json(c)::text from "
                + "order_search.customers c order by 1"
        );

    private static async Task<long> Value(string database, string sql) => (await List<long>(database, sql)).Single();

    private static async Task<List<T>> List<T>(string database, string sql)
    {
        List<T> values = [];
        await using NpgsqlConnection connection = new(database);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            values.Add(reader.GetFieldValue<T>(0));
        }

        return values;
    }
}
