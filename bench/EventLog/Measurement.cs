using System.Diagnostics;
using System.Globalization;

namespace EventLog.Bench;

/// <summary>One variant in a new database under one load.</summary>
internal static class Measurement
{
    private const int CustomersOfProducer = 50;
    private static readonly string[] LatencyFigures = ["p50-ms", "p95-ms", "p99-ms"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>As many operations as the producers manage, and what each costs.</summary>
    public static async Task OfLoadAsync(
        Server server,
        Variant variant,
        int producers,
        BenchOptions options,
        Figures figures,
        CancellationToken cancellationToken
    )
    {
        await using var installation = await server.InstallAsync(cancellationToken);
        var transactions = await installation.TransactionsAsync(cancellationToken);
        await using (var running = await variant.Start(installation, cancellationToken))
        {
            var customers = Customers(producers, running.Poisoned);
            await PublishAsync(running, customers, options.Warmup, cancellationToken);
            await AppliedAsync(variant, running, options.Warmup, cancellationToken);
            var published = TimeSpan.Zero;
            var cost = await Cost.OfAsync(
                server,
                installation,
                async () =>
                {
                    var began = Stopwatch.GetTimestamp();
                    await PublishAsync(running, customers, options.Events, cancellationToken);
                    published = Stopwatch.GetElapsedTime(began);
                    await AppliedAsync(variant, running, options.Warmup + options.Events, cancellationToken);
                },
                cancellationToken
            );
            await CheckAsync(variant, running, installation, options.Warmup + options.Events, cancellationToken);

            void Add(string figure, string unit, double value) =>
                figures.Add(variant.Name, producers, figure, unit, value);
            Add("transactions-per-second", "1/s", options.Events / published.TotalSeconds);
            if (variant.Delivers)
            {
                Add("events-per-second", "1/s", options.Events / cost.Time.TotalSeconds);
                var latencies = await LatenciesAsync(installation, options.Events, cancellationToken);
                Add("full-load-p50-ms", "ms", latencies[0]);
                Add("full-load-p99-ms", "ms", latencies[2]);
            }

            Add("statements-per-event", "", (double)cost.Statements / options.Events);
            Add("wal-bytes-per-event", "B", (double)cost.WalBytes / options.Events);
            Add("cpu-seconds-per-1000", "s", cost.OwnProcessor.TotalSeconds * 1000 / options.Events);
            Add("postgres-cpu-seconds-per-1000", "s", cost.PostgresProcessor.TotalSeconds * 1000 / options.Events);
            Add("kb-allocated-per-event", "kB", cost.AllocatedBytes / 1024.0 / options.Events);
        }

        // PostgreSQL knows all of them only when the connections have gone; start and warm-up are among them, and so
        // are the events of it.
        transactions = await installation.TransactionsAsync(cancellationToken) - transactions;
        figures.Add(
            variant.Name,
            producers,
            "transactions-per-event",
            "",
            (double)transactions / (options.Warmup + options.Events)
        );
    }

    /// <summary>From one commit to the other under a light load.</summary>
    public static async Task OfLatencyAsync(
        Server server,
        Variant variant,
        int rate,
        BenchOptions options,
        Figures figures,
        CancellationToken cancellationToken
    )
    {
        await using var installation = await server.InstallAsync(cancellationToken);
        await using var running = await variant.Start(installation, cancellationToken);
        var customers = Customers(producers: 1, running.Poisoned)[0];
        var (warmup, measured) = (rate, (int)(rate * options.LatencyTime.TotalSeconds));
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < warmup + measured; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / rate) - Stopwatch.GetElapsedTime(began);
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due, cancellationToken);
            }

            await running.PublishAsync(customers[i % customers.Length], cancellationToken);
        }

        await AppliedAsync(variant, running, warmup + measured, cancellationToken);
        await CheckAsync(variant, running, installation, warmup + measured, cancellationToken);
        var latencies = await LatenciesAsync(installation, measured, cancellationToken);
        foreach (var (figure, value) in LatencyFigures.Zip(latencies))
        {
            figures.Add(variant.Name, producers: 1, figure, "ms", value);
        }
    }

    /// <summary>
    /// Each producer has customers of its own: events of one key are published one after the other, as an aggregate's
    /// concurrency token makes sure of.
    /// </summary>
    private static Guid[][] Customers(int producers, Guid? poisoned)
    {
        var all = Enumerable
            .Range(0, producers)
            .Select(_ => Enumerable.Range(0, CustomersOfProducer).Select(_ => Guid.CreateVersion7()).ToArray())
            .ToArray();
        all[0][0] = poisoned ?? all[0][0];
        return all;
    }

    private static Task PublishAsync(
        IRunningVariant running,
        Guid[][] customers,
        int operations,
        CancellationToken cancellationToken
    )
    {
        var left = operations;
        return Task.WhenAll(
            customers.Select(own =>
                Task.Run(
                    async () =>
                    {
                        for (var i = 0; Interlocked.Decrement(ref left) >= 0; i++)
                        {
                            await running.PublishAsync(own[i % own.Length], cancellationToken);
                        }
                    },
                    cancellationToken
                )
            )
        );
    }

    private static async Task AppliedAsync(
        Variant variant,
        IRunningVariant running,
        int orders,
        CancellationToken cancellationToken
    )
    {
        if (!variant.Delivers)
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await running.AppliedAsync(orders, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WrongResultException($"{variant.Name}: not all events were applied within {Patience}.");
        }
    }

    private static async Task CheckAsync(
        Variant variant,
        IRunningVariant running,
        Installation installation,
        int operations,
        CancellationToken cancellationToken
    )
    {
        async Task<long> Count(string sql) => await installation.ValueAsync<long>(sql, cancellationToken);
        void Expect(string what, long expected, long found)
        {
            if (expected != found)
            {
                throw new WrongResultException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{variant.Name}: {what} should be {expected}, but is {found}."
                    )
                );
            }
        }

        Expect("the number of orders", operations, await Count("select count(*) from sales.orders"));
        if (!variant.Delivers)
        {
            return;
        }

        var poisoned = running.Poisoned is { } customer
            ? await Count($"select count(*) from sales.orders where customer_id = '{customer}'")
            : 0;
        Expect("the number of entries", operations - poisoned, await Count("select count(*) from ledger.entries"));
        Expect("the number of parked events", poisoned, await Count("select count(*) from ledger.parked_events"));
        Expect(
            "the number of entries without their order",
            0,
            await Count("select count(*) from ledger.entries where order_id not in (select id from sales.orders)")
        );
        Expect(
            "the number of entries that overtook another of their key",
            0,
            await Count(
                "select count(*) from (select placed_at < lag(placed_at) over (partition by customer_id order by "
                    + "position) as late from ledger.entries) one where late"
            )
        );
    }

    /// <summary>
    /// From the commit of an order to the commit of its entry, of the orders placed last: p50, p95, p99, in ms.
    /// </summary>
    private static Task<double[]> LatenciesAsync(
        Installation installation,
        int last,
        CancellationToken cancellationToken
    ) =>
        installation.ValueAsync<double[]>(
            $"""
            with pairs as (
              select extract(epoch from pg_xact_commit_timestamp(e.xmin) - pg_xact_commit_timestamp(o.xmin))::float8 * 1000 as ms
              from (select id, xmin from sales.orders order by placed_at desc limit {last}) o join ledger.entries e on e.order_id = o.id)
            select percentile_cont(array[0.5, 0.95, 0.99]) within group (order by ms) from pairs
            """,
            cancellationToken
        );
}
