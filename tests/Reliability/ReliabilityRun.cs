using System.Globalization;
using BuildingBlocks.Modules;
using Npgsql;
using Reliability.Checking;
using Reliability.Faults;
using Reliability.Load;
using Reliability.Running;

namespace Reliability;

/// <summary>One run: an installation under load and faults, brought to rest, and checked.</summary>
internal sealed class ReliabilityRun(RunOptions options, TextWriter output) : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan RestLimit = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);

    private readonly TimeProvider clock = TimeProvider.System;
    private readonly List<Finding> findings = [];
    private readonly List<IAsyncDisposable> toDispose = [];
    private readonly ModuleCatalog catalog = Composition.Catalog();

    public string Folder { get; } = options.Folder ?? Directory.CreateTempSubdirectory("reliability-").FullName;

    public async Task<Report> RunAsync(CancellationToken stop)
    {
        await output.WriteLineAsync($"Seed {options.Seed}; logs, history and database in {Folder}.");
        Directory.CreateDirectory(Folder);
        var volume = Keep(await Volume.MountAsync(Path.Combine(Folder, "disk")));
        var server = Keep(await Server.StartAsync(Path.Combine(volume.Folder, "data")));
        var installation = await Installation.MakeAsync(Path.Combine(Folder, "installation"), server);
        await using (var administrator = await OpenAsync(server))
        {
            await PrepareAsync(administrator, installation);
        }

        var fleet = Keep(await StartFleetAsync(server, installation));
        using History history = new(Path.Combine(Folder, "history.jsonl"), clock);
        using Caller caller = new(fleet);
        Shoppers shoppers = new(caller, history, options.Seed);
        await AllUpAsync(fleet);
        await shoppers.StockUpAsync(options.Clients);
        LaneChanges laneChanges = new(caller, catalog, options.Lanes);
        await laneChanges.SpreadAsync();

        await using var log = TextWriter.Synchronized(new StreamWriter(Path.Combine(Folder, "faults.log")));
        DatabaseFaults databaseFaults = new(server, volume, fleet);
        await databaseFaults.PrepareAsync();
        HostFaults hostFaults = new(fleet);
        Storm storm = new(
            [
                hostFaults.Lane(options.HostPause.Shortest, options.HostPause.Longest),
                databaseFaults.Lane(options.DatabasePause.Shortest, options.DatabasePause.Longest),
                hostFaults.Zombies(options.ZombiePause.Shortest, options.ZombiePause.Longest),
                laneChanges.Lane(options.LanesPause.Shortest, options.LanesPause.Longest),
            ],
            options.Seed,
            log,
            clock
        );

        var startedAt = clock.GetTimestamp();
        await RageAsync(storm, shoppers, history, fleet, server, stop);
        var took = clock.GetElapsedTime(startedAt);

        await output.WriteLineAsync("The faults are over; waiting until everything has come to rest.");
        await RestAsync(server);
        var starts = fleet.Slots.Sum(slot => slot.Starts);
        await StopAsync(fleet);
        return await CheckAsync(server, storm, history, starts, took);
    }

    /// <summary>Ends all processes. The database and all files stay where something was found.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(toDispose).Where(one => one is not Volume))
        {
            await one.DisposeAsync();
        }

        if (findings.Count == 0 && options.Folder is null)
        {
            foreach (var volume in toDispose.OfType<Volume>())
            {
                await volume.DisposeAsync();
            }

            Directory.Delete(Folder, recursive: true);
        }
    }

    private T Keep<T>(T one)
        where T : IAsyncDisposable
    {
        toDispose.Add(one);
        return one;
    }

    private async Task PrepareAsync(NpgsqlConnection administrator, Installation installation)
    {
        await Audit.InstallAsync(administrator, catalog.Modules.Select(module => module.Name));
        foreach (var role in installation.Passwords.Keys.Where(role => role.EndsWith("_app", StringComparison.Ordinal)))
        {
            // Shorter than provisioned, so that a zombie sleeps longer.
            await using NpgsqlCommand limits = new(
                $"""
                alter role {role} in database {Installation.Database} set idle_in_transaction_session_timeout = '5s';
                alter role {role} in database {Installation.Database} set statement_timeout = '8s'
                """,
                administrator
            );
            await limits.ExecuteNonQueryAsync();
        }
    }

    private async Task<Fleet> StartFleetAsync(Server server, Installation installation)
    {
        var bouncer =
            options.PgBouncer == Bouncing.None
                ? null
                : Keep(
                    await PgBouncer.StartAsync(
                        Path.Combine(Folder, "pgbouncer"),
                        server.Port,
                        Installation.Database,
                        installation.Passwords
                    )
                );
        List<Slot> slots = [];
        for (var number = 0; number < options.Hosts; number++)
        {
            var bounced =
                options.PgBouncer == Bouncing.All || (options.PgBouncer == Bouncing.One && number == options.Hosts - 1);
            TcpProxy proxy = new(bounced ? bouncer!.Port : server.Port);
            var log = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"host-{number}.log"));
            slots.Add(new(number, proxy, installation.HostSettings(proxy.Port, bounced), log));
        }

        // The first one loads the demo data, which holds the admin and the customer.
        slots[0].Begin();
        await UntilAsync(() => slots[0].Address is not null, StartLimit);
        slots[1..].ForEach(slot => slot.Begin());
        return new(slots);
    }

    private async Task RageAsync(
        Storm storm,
        Shoppers shoppers,
        History history,
        Fleet fleet,
        Server server,
        CancellationToken stop
    )
    {
        using CancellationTokenSource shopping = new();
        using var raging = CancellationTokenSource.CreateLinkedTokenSource(stop);
        raging.CancelAfter(options.Duration);
        var clients = Task.WhenAll(
            Enumerable
                .Range(0, options.Clients)
                .Select(client =>
                    Task.Run(() => shoppers.ShopAsync(client, options.Think, shopping.Token), CancellationToken.None)
                )
        );
        var rage = storm.RageAsync(raging.Token);
        while (!rage.IsCompleted)
        {
            await Task.WhenAny(rage, Task.Delay(ProgressInterval, CancellationToken.None));
            await output.WriteLineAsync(ProgressLine(storm, history, fleet));
        }

        await rage;
        await server.EnsureRunsAsync();
        if (!await AllUpAsync(fleet))
        {
            var down = fleet.Slots.Where(slot => slot.Address is null).Select(slot => slot.Number);
            findings.Add(new(Breach.Stuck, $"Hosts that do not come up again: {string.Join(", ", down)}"));
        }

        await shopping.CancelAsync();
        await clients;
    }

    private string ProgressLine(Storm storm, History history, Fleet fleet)
    {
        var struck = storm
            .Struck.OrderBy(one => one.Key, StringComparer.Ordinal)
            .Select(one => $"{one.Key} {one.Value}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{clock.GetUtcNow():HH:mm:ss} Hosts up {fleet.Up.Count}/{fleet.Slots.Count}, orders "
                + $"{history.Count("order", Outcome.Acknowledged)}, "
                + $"acknowledged {history.Count(Outcome.Acknowledged)}, refused {history.Count(Outcome.Refused)}, "
                + $"unknown {history.Count(Outcome.Unknown)}; "
                + $"{string.Join(' ', struck)}; now {storm.UnderWay}"
        );
    }

    private Task<bool> AllUpAsync(Fleet fleet) => UntilAsync(() => fleet.Up.Count == fleet.Slots.Count, StartLimit);

    private async Task<bool> UntilAsync(Func<bool> isSo, TimeSpan limit)
    {
        var startedAt = clock.GetTimestamp();
        while (!isSo())
        {
            if (clock.GetElapsedTime(startedAt) > limit)
            {
                return false;
            }

            await Task.Delay(100);
        }

        return true;
    }

    /// <summary>Waits until no saga runs, nothing is parked and every subscription has applied all there is.</summary>
    private async Task RestAsync(Server server)
    {
        await using var administrator = await OpenAsync(server);
        var startedAt = clock.GetTimestamp();
        string[] left;
        do
        {
            await Task.Delay(500);
            await using NpgsqlCommand unfinished = new(Rest.Sql(catalog), administrator);
            left = (string[])(await unfinished.ExecuteScalarAsync())!;
        } while (left.Length > 0 && clock.GetElapsedTime(startedAt) < RestLimit);

        if (left.Length > 0)
        {
            findings.Add(new(Breach.Stuck, $"after {RestLimit} there was still {string.Join(", ", left)}"));
        }
    }

    private async Task StopAsync(Fleet fleet)
    {
        foreach (var slot in fleet.Slots)
        {
            var exitCode = await slot.RetireAsync(StopLimit);
            if (exitCode != 0)
            {
                findings.Add(
                    new(
                        Breach.Untrue,
                        $"Host {slot.Number} ended with "
                            + $"{exitCode?.ToString(CultureInfo.InvariantCulture) ?? "a kill, since it did not stop"} "
                            + "at the end"
                    )
                );
            }

            if (slot.Deaths > 0)
            {
                findings.Add(
                    new(
                        Breach.Untrue,
                        $"Host {slot.Number} ended {slot.Deaths} times by itself while it listened; see "
                            + $"host-{slot.Number}.log"
                    )
                );
            }
        }
    }

    private async Task<Report> CheckAsync(Server server, Storm storm, History history, int starts, TimeSpan took)
    {
        await using var administrator = await OpenAsync(server);
        Deliveries deliveries = new(administrator);
        await deliveries.CheckAsync(catalog.Subscriptions);
        findings.AddRange(deliveries.Findings);
        findings.AddRange(await new Books(administrator, history, options.Seed).CheckAsync());
        findings.AddRange(history.NeverAnswered.Select(one => new Finding(Breach.Stuck, $"never answered: {one}")));
        var counts = catalog.Modules.Select(module => $"select count(*) from {module.Name}.outbox");
        await using NpgsqlCommand published = new(
            $"select sum(count)::bigint from ({string.Join(" union all ", counts)}) outboxes",
            administrator
        );

        Report report = new(
            options.Seed.ToString(CultureInfo.InvariantCulture),
            took.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture),
            options.Hosts,
            options.PgBouncer switch
            {
                Bouncing.None => "no Host",
                Bouncing.One => "one of the Hosts",
                _ => "all Hosts",
            },
            storm.Struck,
            storm.Mixed,
            storm.Missing,
            starts,
            history.Orders.Values.Count(order => order.Outcome == Outcome.Acknowledged),
            history.Count(Outcome.Acknowledged),
            history.Count(Outcome.Refused),
            history.Count(Outcome.Unknown),
            (long)(await published.ExecuteScalarAsync())!,
            deliveries.Applied,
            deliveries.Parked,
            deliveries.Moves,
            deliveries.LaneChanges,
            Report.Count(findings, Breach.Lost),
            Report.Count(findings, Breach.Doubled),
            Report.Count(findings, Breach.OutOfOrder),
            Report.Count(findings, Breach.Stuck),
            Report.Count(findings, Breach.Untrue),
            [.. findings.Select(finding => finding.ToString())],
            history.Failures
        );
        await File.WriteAllTextAsync(Path.Combine(Folder, "report.json"), report.ToJson());
        return report;
    }

    private static async Task<NpgsqlConnection> OpenAsync(Server server)
    {
        NpgsqlConnection administrator = new(server.Administrator(Installation.Database));
        await administrator.OpenAsync();
        return administrator;
    }
}
