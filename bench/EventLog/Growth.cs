using System.Diagnostics;
using System.Globalization;
using BatchLedger;
using BuildingBlocks.Modules;
using Ledger;
using Spectre.Console;

namespace EventLog.Bench;

/// <summary>What is measured.</summary>
/// <param name="Rounds">How often.</param>
/// <param name="History">Events in the outbox at most.</param>
/// <param name="Backlog">Events that wait when the consumer starts.</param>
/// <param name="Subscriptions">How many modules apply the same backlog, one measurement each.</param>
/// <param name="IdleTime">How long polls that find nothing are counted.</param>
internal sealed record GrowthOptions(int Rounds, int History, int Backlog, int[] Subscriptions, TimeSpan IdleTime);

/// <summary>The same work where much has happened before, or much is waiting.</summary>
internal static class Growth
{
    private const int Keys = 400;
    private const int Chunk = 100_000;
    private static readonly int[] Lanes = [1, 4, 8];
    private static readonly TimeSpan OftenEnough = TimeSpan.FromMilliseconds(10);
    private static readonly (string Name, Action<ModuleRegistration> Add)[] Consumers =
    [
        ("reaction", modules => modules.Add<LedgerModule>()),
        ("batch-reaction", modules => modules.Add<BatchLedgerModule>()),
    ];

    public static async Task<int> RunAsync(GrowthOptions options, FileInfo? json, CancellationToken cancellationToken)
    {
        await using var server = await Server.StartAsync(cancellationToken);
        Figures histories = new(),
            backlogs = new(),
            subscriptions = new();
        await AnsiConsole
            .Progress()
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn()
            )
            .StartAsync(async progress =>
            {
                var task = progress.AddTask(
                    "starting",
                    maxValue: (options.Rounds * ((Consumers.Length * Lanes.Length) + options.Subscriptions.Length)) + 3
                );
                foreach (var history in new[] { options.History / 1_000, options.History / 10, options.History })
                {
                    task.Description = string.Create(CultureInfo.InvariantCulture, $"{history} events of history");
                    await OfHistoryAsync(server, history, options, histories, cancellationToken);
                    task.Increment(1);
                }

                for (var round = 0; round < options.Rounds; round++)
                {
                    foreach (var (name, add) in Consumers)
                    {
                        foreach (var lanes in Lanes)
                        {
                            task.Description = string.Create(
                                CultureInfo.InvariantCulture,
                                $"{name}, a backlog in {lanes} lanes"
                            );
                            await OfBacklogAsync(
                                server,
                                name,
                                add,
                                lanes,
                                options.Backlog,
                                backlogs,
                                cancellationToken
                            );
                            task.Increment(1);
                        }
                    }

                    foreach (var count in options.Subscriptions)
                    {
                        task.Description = string.Create(
                            CultureInfo.InvariantCulture,
                            $"a backlog for {count} subscriptions"
                        );
                        await OfSubscriptionsAsync(server, count, options, subscriptions, cancellationToken);
                        task.Increment(1);
                    }
                }
            });

        Report.Show(histories, "events of history");
        Report.Show(backlogs, "lanes");
        Report.Show(subscriptions, "subscriptions");
        await Report.WriteAsync(histories.And(backlogs).And(subscriptions), json, svg: null, cancellationToken);
        return 0;
    }

    /// <summary>
    /// What a look at the outbox costs that finds nothing, by PostgreSQL's own account, and one that finds an event.
    /// </summary>
    private static async Task OfHistoryAsync(
        Server server,
        int history,
        GrowthOptions options,
        Figures figures,
        CancellationToken cancellationToken
    )
    {
        await using var installation = await server.InstallAsync(cancellationToken);
        await FillAsync(installation, history, cancellationToken);
        await installation.ExecuteAsync(
            "insert into ledger.subscriptions (name, source, lane, checkpoint) values ('ledger', 'sales', 0, "
                + "pg_current_snapshot())",
            cancellationToken
        );
        await installation.ExecuteAsync("vacuum analyze sales.outbox", cancellationToken);
        await using var running = await ModularVariant.StartAsync(
            installation,
            Consumers[0].Add,
            poisons: false,
            cancellationToken,
            OftenEnough
        );
        await Task.Delay(options.IdleTime / 2, cancellationToken);
        for (var round = 0; round < options.Rounds; round++)
        {
            await installation.ExecuteAsync("select pg_stat_statements_reset()", cancellationToken);
            await Task.Delay(options.IdleTime, cancellationToken);
            figures.Add(
                "reaction",
                history,
                "idle-poll-us",
                "us",
                await MeanAsync(installation, "select pg_current_snapshot()%\"sales\".outbox%", cancellationToken)
            );

            for (var i = 0; i < 100; i++)
            {
                await running.PublishAsync(Guid.CreateVersion7(), cancellationToken);
                await Task.Delay(1, cancellationToken);
            }

            await running.AppliedAsync(100 * (round + 1), cancellationToken);
            figures.Add(
                "reaction",
                history,
                "read-us",
                "us",
                await MeanAsync(installation, "with now as materialized%", cancellationToken)
            );
        }
    }

    /// <summary>Milliseconds of execution in microseconds, per call.</summary>
    private static Task<double> MeanAsync(
        Installation installation,
        string like,
        CancellationToken cancellationToken
    ) =>
        installation.ValueAsync<double>(
            $"select sum(total_exec_time) / sum(calls) * 1000 from pg_stat_statements where query like '{like}'",
            cancellationToken
        );

    /// <summary>From the start of the consumer until everything is recorded.</summary>
    private static async Task OfBacklogAsync(
        Server server,
        string name,
        Action<ModuleRegistration> add,
        int lanes,
        int backlog,
        Figures figures,
        CancellationToken cancellationToken
    )
    {
        await using var installation = await server.InstallAsync(cancellationToken);
        await FillAsync(installation, backlog, cancellationToken);
        await installation.ExecuteAsync(
            "insert into ledger.subscriptions (name, source, lane, lanes, checkpoint) select 'ledger', 'sales', "
                + $"lane, {lanes}, '1:1:' from generate_series(0, {lanes - 1}) lane",
            cancellationToken
        );
        await installation.ExecuteAsync("vacuum analyze sales.outbox; checkpoint", cancellationToken);
        var began = Stopwatch.GetTimestamp();
        await using (
            var running = await ModularVariant.StartAsync(installation, add, poisons: false, cancellationToken)
        )
        {
            await running.AppliedAsync(backlog, cancellationToken);
        }

        figures.Add(name, lanes, "drained-per-second", "1/s", backlog / Stopwatch.GetElapsedTime(began).TotalSeconds);
        var wrong = await installation.ValueAsync<long>(
            $"""
            select abs({backlog} - (select count(*) from ledger.entries))
              + (select count(*) from (select placed_at < lag(placed_at) over (partition by customer_id order by position) as late from ledger.entries) one where late)
            """,
            cancellationToken
        );
        if (wrong != 0)
        {
            throw new WrongResultException(
                string.Create(CultureInfo.InvariantCulture, $"{name}: {wrong} entries are missing, doubled or late.")
            );
        }
    }

    /// <summary>
    /// From the start of the consumers until each has recorded everything; then what they cost when nothing happens.
    /// </summary>
    private static async Task OfSubscriptionsAsync(
        Server server,
        int count,
        GrowthOptions options,
        Figures figures,
        CancellationToken cancellationToken
    )
    {
        var events = options.Backlog / 10;
        LedgerCopies copies = new(count - 1);
        await using var installation = await server.InstallAsync(copies.Modules, cancellationToken);
        await FillAsync(installation, events, cancellationToken);
        await installation.ExecuteAsync("vacuum analyze sales.outbox; checkpoint", cancellationToken);
        var began = Stopwatch.GetTimestamp();
        await using var running = await ModularVariant.StartAsync(
            installation,
            modules => copies.AddTo(modules.Add<LedgerModule>()),
            poisons: false,
            cancellationToken
        );
        await running.AppliedAsync((long)events * count, cancellationToken);
        figures.Add(
            "subscriptions",
            count,
            "drained-per-second",
            "1/s",
            (double)events * count / Stopwatch.GetElapsedTime(began).TotalSeconds
        );
        foreach (var ledger in installation.Modules.Keys.Where(module => module is not "sales"))
        {
            if (
                await installation.ValueAsync<long>($"select count(*) from {ledger}.entries", cancellationToken)
                    is var recorded
                && recorded != events
            )
            {
                throw new WrongResultException(
                    string.Create(CultureInfo.InvariantCulture, $"{ledger} has {recorded} entries of {events}.")
                );
            }
        }

        await Task.Delay(options.IdleTime / 2, cancellationToken);
        await installation.ExecuteAsync("select pg_stat_statements_reset()", cancellationToken);
        await Task.Delay(options.IdleTime, cancellationToken);
        var looks = await installation.ValueAsync<decimal>(
            "select coalesce(sum(calls), 0) from pg_stat_statements where query like '%\"sales\".outbox%'",
            cancellationToken
        );
        figures.Add(
            "subscriptions",
            count,
            "idle-looks-per-second",
            "1/s",
            (double)looks / options.IdleTime.TotalSeconds
        );
    }

    /// <summary>Publishes orders as the benchmark does, but a hundred thousand in a transaction.</summary>
    internal static async Task FillAsync(Installation installation, int events, CancellationToken cancellationToken)
    {
        for (var first = 0; first < events; first += Chunk)
        {
            await installation.ExecuteAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""
                    insert into sales.outbox (event_id, event_type, event_version, key, payload, correlation_id)
                    select lpad(to_hex(n), 32, '0')::uuid, 'order.placed', 1, customer, jsonb_build_object(
                      'orderId', lpad(to_hex(n), 32, '0')::uuid, 'customerId', customer, 'total', 123.45, 'placedAt', '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 ms',
                      'items', '[{"sku": "SKU-0001-RED", "name": "A thing that comes in red", "quantity": 1, "unitPrice": 23.45},
                                 {"sku": "SKU-0002-BLUE", "name": "A thing that comes in blue", "quantity": 2, "unitPrice": 25.00},
                                 {"sku": "SKU-0003-GREEN", "name": "A thing that is green", "quantity": 5, "unitPrice": 10.00}]'::jsonb), 'history'
                    from (select n, lpad(to_hex(n % {{Keys}}), 32, '0')::uuid::text as customer from generate_series({{first}}, {{Math.Min(
                        events,
                        first + Chunk
                    ) - 1}}) n) orders
                    """
                ),
                cancellationToken
            );
        }
    }
}
