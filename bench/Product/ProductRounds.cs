using System.Diagnostics;
using System.Globalization;
using System.Net;
using EventLog.Bench;
using Host.Tests.Running;
using Npgsql;
using Spectre.Console;

namespace Product.Bench;

/// <summary>What is measured.</summary>
/// <param name="Rounds">How often.</param>
/// <param name="Orders">Of one measurement.</param>
/// <param name="Clients">How many order at once, one measurement each.</param>
/// <param name="Settling">Before the Host is watched: for a minute after its start it goes on compiling.</param>
/// <param name="IdleTime">How long the Host is watched while nobody calls it.</param>
/// <param name="Searches">Of one measurement.</param>
/// <param name="Pending">Events that nobody has applied when the Host is killed.</param>
internal sealed record ProductOptions(
    int Rounds,
    int Orders,
    int[] Clients,
    TimeSpan Settling,
    TimeSpan IdleTime,
    int Searches,
    int Pending
)
{
    /// <summary>Null for the one that was built beside the benchmark.</summary>
    public string? HostAssembly { get; init; }
}

/// <summary>
/// Each round starts, watches, loads and kills a Host of its own installation. PostgreSQL is durable.
/// </summary>
internal sealed class ProductRounds(ProductOptions options, Figures figures)
{
    private const string Variant = "product";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly string[] Searches =
    [
        "country=US",
        "status=confirmed",
        "text=tests",
        "country=US&status=confirmed&limit=50",
    ];

    public static async Task RunAsync(
        ProductOptions options,
        Figures figures,
        ProgressContext progress,
        CancellationToken cancellationToken
    )
    {
        ProductRounds rounds = new(options, figures);
        for (var round = 1; round <= options.Rounds; round++)
        {
            var task = progress.AddTask(
                string.Create(CultureInfo.InvariantCulture, $"round {round}"),
                maxValue: 4 + options.Clients.Length
            );
            await rounds.RunAsync(task, cancellationToken);
        }
    }

    private async Task RunAsync(ProgressTask progress, CancellationToken cancellationToken)
    {
        void Now(string what)
        {
            progress.Description = what;
            progress.Increment(progress.Value == 0 ? 0.01 : 1);
        }

        using HostSettings settings = Settings();
        Now("first start");
        await using (await StartAsync(settings, "first-start-s")) { }

        await using (var host = await StartAsync(settings, "start-postgres-starting-s"))
        {
            // PostgreSQL outlives it.
            host.Kill();
        }

        // The demo data is there, and a server that runs already is not asked about it each time.
        settings.With("Demo__Enabled", "false");
        await using (var host = await StartAsync(settings, "start-postgres-running-s"))
        {
            var database = await Database(host);
            Now("idle");
            await IdleAsync(host, database, cancellationToken);
            using var shop = await Shop.EnterAsync(host);
            var sku = await shop.StockedProduct(100_000_000);
            await OrderAsync(shop, database, sku, clients: 8, measured: false, cancellationToken);
            foreach (var clients in options.Clients)
            {
                Now(string.Create(CultureInfo.InvariantCulture, $"orders of {clients} clients"));
                await OrderAsync(shop, database, sku, clients, measured: true, cancellationToken);
            }

            Now("searches");
            await SearchAsync(shop);
            Now("kill");
            await BacklogAsync(shop, database, sku, cancellationToken);
            host.Kill();
            await ExecuteAsync(
                database,
                "update orders.subscriptions set paused_at = null, paused_by = null, pause_reason = null",
                cancellationToken
            );
            await using var again = await HostProcess.StartAsync(settings);
            await RecoveredAsync(again, database, cancellationToken);
        }

        progress.Value = progress.MaxValue;
    }

    private HostSettings Settings()
    {
        HostSettings settings = options.HostAssembly is { } assembly ? new() { HostAssembly = assembly } : new();
        return settings
            .With("DOTNET_ENVIRONMENT", "Production")
            .With("EmbeddedPostgres__Durable", "true")
            .With("EmbeddedPostgres__Settings__shared_buffers", "512MB")
            .With("EmbeddedPostgres__Settings__shared_preload_libraries", "pg_stat_statements")
            .With("Demo__Enabled", "true")
            .With("RateLimits__RequestsPerSecond", "1000000")
            .With("RateLimits__Burst", "1000000")
            .With("Logging__LogLevel__Default", "Warning");
    }

    private async Task<HostProcess> StartAsync(HostSettings settings, string figure)
    {
        var began = Stopwatch.GetTimestamp();
        var host = await HostProcess.StartAsync(settings);
        figures.Add(Variant, 0, figure, "s", Stopwatch.GetElapsedTime(began).TotalSeconds);
        return host;
    }

    /// <summary>What a Host costs that nobody calls.</summary>
    private async Task IdleAsync(HostProcess host, string database, CancellationToken cancellationToken)
    {
        await ExecuteAsync(database, "create extension if not exists pg_stat_statements", cancellationToken);
        await Task.Delay(options.Settling, cancellationToken);
        await ExecuteAsync(database, "select pg_stat_statements_reset()", cancellationToken);
        using var process = Process.GetProcessById(host.ProcessId);
        var (began, processor) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        await Task.Delay(options.IdleTime, cancellationToken);
        process.Refresh();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        figures.Add(
            Variant,
            0,
            "idle-core-percent",
            "%",
            (process.TotalProcessorTime - processor).TotalSeconds / seconds * 100
        );
        figures.Add(Variant, 0, "idle-memory-mb", "MB", process.WorkingSet64 / 1024.0 / 1024.0);
        var statements = await ValueAsync<decimal>(
            database,
            "select sum(calls) from pg_stat_statements where query not like '%pg_stat_statements%'",
            cancellationToken
        );
        figures.Add(Variant, 0, "idle-statements-per-second", "1/s", (double)statements / seconds);
    }

    /// <summary>
    /// Each client places an order, waits until it is confirmed and places the next. The saga is timed by the events
    /// that begin and end it.
    /// </summary>
    private async Task OrderAsync(
        Shop shop,
        string database,
        string sku,
        int clients,
        bool measured,
        CancellationToken cancellationToken
    )
    {
        var last = await ValueAsync<long>(
            database,
            "select coalesce(max(position), 0) from orders.outbox",
            cancellationToken
        );
        await using Confirmations confirmations = new(database, last);
        var left = options.Orders;
        List<double> requests = new(options.Orders);
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, clients)
                .Select(async _ =>
                {
                    while (Interlocked.Decrement(ref left) >= 0)
                    {
                        var sent = Stopwatch.GetTimestamp();
                        var order = await shop.Place(sku, 1);
                        lock (requests)
                        {
                            requests.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                        }

                        await confirmations.Of(order).WaitAsync(Patience, cancellationToken);
                    }
                })
        );
        var taken = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (!measured)
        {
            return;
        }

        var sagas = await ValueAsync<double[]>(
            database,
            $"""
            select percentile_cont(array[0.5, 0.99]) within group (order by extract(epoch from confirmed.occurred_at - placed.occurred_at)::float8 * 1000)
            from orders.outbox placed join orders.outbox confirmed on confirmed.key = placed.key and confirmed.event_type = 'order.confirmed'
            where placed.position > {last} and placed.event_type = 'order.placed'
            """,
            cancellationToken
        );
        figures.Add(Variant, clients, "orders-per-second", "1/s", options.Orders / taken);
        Add(clients, "request", requests);
        figures.Add(Variant, clients, "saga-p50-ms", "ms", sagas[0]);
        figures.Add(Variant, clients, "saga-p99-ms", "ms", sagas[1]);
    }

    private async Task SearchAsync(Shop shop)
    {
        List<double> times = [];
        for (var i = 0; i < options.Searches; i++)
        {
            var sent = Stopwatch.GetTimestamp();
            (await shop.Admin.Get($"/order-search?{Searches[i % Searches.Length]}")).Expect(HttpStatusCode.OK);
            times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }

        Add(1, "search", times);
    }

    /// <summary>Has Catalog publish what Orders may not apply yet.</summary>
    private async Task BacklogAsync(Shop shop, string database, string sku, CancellationToken cancellationToken)
    {
        (
            await shop.Admin.Post(
                "/operations/subscriptions/orders/pause",
                new { source = "catalog", reason = "a backlog to be found after a kill" }
            )
        ).Expect(HttpStatusCode.NoContent);
        await Parallel.ForAsync(
            0,
            options.Pending,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken },
            async (number, _) =>
            {
                Answer changed;
                do
                {
                    changed = await shop.Admin.Put(
                        $"/catalog/products/{sku}/price",
                        new { priceMinor = 100 + number, currency = "USD" }
                    );
                } while (changed.Status == HttpStatusCode.Conflict);
                changed.Expect(HttpStatusCode.NoContent);
            }
        );
        var pending = await ValueAsync<long>(
            database,
            "select count(*) from catalog.outbox, orders.subscriptions s where s.source = 'catalog' and not "
                + "pg_visible_in_snapshot(tx_id, s.checkpoint)",
            cancellationToken
        );
        pending.ShouldBe(options.Pending);
    }

    /// <summary>From listening to all that was pending being applied.</summary>
    private async Task RecoveredAsync(HostProcess host, string database, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        await UntilAsync(
            database,
            "select not exists (select 1 from catalog.outbox, orders.subscriptions s where s.source = 'catalog' and "
                + "not pg_visible_in_snapshot(tx_id, s.checkpoint))",
            cancellationToken
        );
        figures.Add(Variant, 0, "applied-after-start-s", "s", Stopwatch.GetElapsedTime(began).TotalSeconds);
        (await ValueAsync<long>(database, "select count(*) from orders.parked_events", cancellationToken)).ShouldBe(0);
        host.Address.ShouldNotBeNull();
    }

    private void Add(int clients, string what, List<double> times)
    {
        times.Sort();
        figures.Add(Variant, clients, $"{what}-p50-ms", "ms", times[times.Count / 2]);
        figures.Add(Variant, clients, $"{what}-p99-ms", "ms", times[times.Count * 99 / 100]);
    }

    private static async Task<string> Database(HostProcess host) =>
        new NpgsqlConnectionStringBuilder(await host.Administrator())
        {
            Database = "modular_monolith",
        }.ConnectionString;

    private static async Task UntilAsync(string database, string condition, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        while (!await ValueAsync<bool>(database, condition, limit.Token))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }

    private static async Task<T> ValueAsync<T>(string database, string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = new(database);
        await connection.OpenAsync(cancellationToken);
        await using NpgsqlCommand command = new(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(string database, string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = new(database);
        await connection.OpenAsync(cancellationToken);
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
