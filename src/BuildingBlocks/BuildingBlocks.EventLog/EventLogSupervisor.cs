using System.Diagnostics.Metrics;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Feeds;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Maintenance;
using BuildingBlocks.EventLog.Monitoring;
using BuildingBlocks.EventLog.Outbound;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Rebuild;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BuildingBlocks.EventLog;

/// <summary>
/// Runs the subscriptions, retries and scheduled events of all modules while the Host runs. On a stop it finishes the
/// current steps and starts no new ones.
/// </summary>
internal sealed class EventLogSupervisor(
    EventLogCatalog catalog,
    IModulePools pools,
    PoisonedConnections poisoned,
    EventSignals signals,
    IServiceProvider services,
    TimeProvider clock,
    IOptions<EventLogOptions> options,
    OutageLog outages,
    ILogger<EventLogSupervisor> logger
) : BackgroundService
{
    private readonly CancellationTokenSource abort = new();
    private readonly Meter meter = new(EventLogDiagnostics.Name);
    private Dictionary<string, ModulePoller> pollers = [];
    private BacklogCounts? backlog;

    /// <summary>The running subscriptions, for health and operations.</summary>
    public IReadOnlyList<SubscriptionRunner> Runners { get; private set; } = [];

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var module in catalog.Outboxes)
        {
            await ClusterCheck.EnsureOfThisClusterAsync(
                module,
                isShadow: !catalog.Runs(module),
                pools.Of(module),
                cancellationToken
            );
        }

        await catalog.BeginOutboundAsync(pools, cancellationToken);
        Prepare();
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // Host:ShutdownTimeout is the bound: a step that has not finished by then is rolled back, and done again after
        // the next start.
        await using (cancellationToken.Register(abort.Cancel))
        {
            await base.StopAsync(cancellationToken);
        }
    }

    public override void Dispose()
    {
        abort.Dispose();
        meter.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll([
            .. Runners.Select(runner => runner.RunAsync(RunAsync, stoppingToken)),
            .. pollers.Values.Select(poller =>
                RunAsync(
                    $"Poller of {poller.Module}",
                    new(),
                    Polling(Look(poller), options.Value.PollInterval),
                    stoppingToken
                )
            ),
            .. catalog.Modules.Select(module =>
                RunAsync(
                    $"Due work of {module.Name}",
                    pollers[module.Name].Due,
                    Polling(DueWork(module), DueWorkPollInterval),
                    stoppingToken
                )
            ),
            .. catalog
                .Modules.Where(module => module.Outbound.Count > 0)
                .Select(module =>
                    RunAsync(
                        $"Outbound retries of {module.Name}",
                        pollers[module.Name].OutboundDue,
                        Polling(services.GetRequiredService<OutboundRetry>().For(module), DueWorkPollInterval),
                        stoppingToken
                    )
                ),
            .. catalog
                .Modules.Where(module => module.IsProjection)
                .Select(module =>
                    RunAsync(
                        $"Rebuild of {module.Name}",
                        signals.Listen(RebuildTables.ConsumerOf(module.Name)),
                        Polling(
                            services.GetRequiredService<ProjectionRebuild>().For(module),
                            options.Value.PollInterval
                        ),
                        stoppingToken
                    )
                ),
            .. catalog.Modules.Select(module =>
                RunAsync(
                    $"Backlog count of {module.Name}",
                    new(),
                    Polling(backlog!.For(module), CountInterval),
                    stoppingToken
                )
            ),
            .. catalog.Outboxes.Select(module =>
                RunAsync(
                    $"Retention of {module}",
                    new(),
                    Polling(
                        services.GetRequiredService<OutboxRetention>().For(module),
                        options.Value.RetentionInterval
                    ),
                    stoppingToken
                )
            ),
            .. (services.GetService<FeedWork>()?.Loops() ?? []).Select(feed =>
                RunAsync(feed.Name, feed.Signal, token => feed.StepAsync(token, stoppingToken), stoppingToken)
            ),
        ]);

    /// <summary>
    /// Makes pollers and runners, so that gauges and health checks see them as soon as the Host has started.
    /// </summary>
    private void Prepare()
    {
        foreach (var idle in catalog.Subscriptions.Where(subscription => !catalog.CanRead(subscription.Source)))
        {
            logger.SourceNotEnabled(idle.Name, idle.Source);
        }

        pollers = catalog
            .Subscriptions.Select(subscription => subscription.Source)
            .Where(catalog.CanRead)
            .Concat(catalog.Modules.Select(module => module.Name))
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(
                module => module,
                module => new ModulePoller(module, catalog.Runs(module), pools.Of(module), signals, clock),
                StringComparer.Ordinal
            );
        Runners =
        [
            .. catalog
                .Subscriptions.Where(subscription => catalog.CanRead(subscription.Source))
                .Select(subscription =>
                    ActivatorUtilities.CreateInstance<SubscriptionRunner>(
                        services,
                        subscription,
                        pollers[subscription.Source]
                    )
                ),
        ];
        backlog = new(pools, Runners, clock);
        meter.CreateObservableGauge(
            EventLogDiagnostics.StalenessGauge,
            Staleness,
            "s",
            "Seconds since the subscription was last known to be up to date."
        );
        meter.CreateObservableGauge(
            EventLogDiagnostics.PendingGauge,
            backlog.Pending,
            "{event}",
            "Events the subscription has not applied yet, counted up to 10,000."
        );
        meter.CreateObservableGauge(
            EventLogDiagnostics.ParkedGauge,
            backlog.ParkedByStatus,
            "{event}",
            "Parked events by status."
        );
        meter.CreateObservableGauge(
            EventLogDiagnostics.ParkedAgeGauge,
            backlog.ParkedAge,
            "s",
            "Age of the oldest parked event in seconds."
        );
    }

    private IEnumerable<Measurement<double>> Staleness()
    {
        var now = clock.GetUtcNow();
        return from runner in Runners
            let asOf = runner.CurrentAsOf
            where asOf is not null
            select new Measurement<double>(Math.Max(0, (now - asOf.Value).TotalSeconds), runner.Subscription.Tags);
    }

    private static Func<CancellationToken, Task<bool>> Look(ModulePoller poller) =>
        async token =>
        {
            await poller.LookAsync(token);
            return false;
        };

    /// <summary>
    /// Publishes scheduled events and retries parked ones, in turns, when the poller has found any due.
    /// </summary>
    private Func<CancellationToken, Task<bool>> DueWork(LogModule module)
    {
        var (schedule, tryAgain) = (
            services.GetRequiredService<EventScheduler>().For(module),
            services.GetRequiredService<ParkedEventRetry>().For(module)
        );
        return async token =>
        {
            var moved = await schedule(token);
            return await tryAgain(token) || moved;
        };
    }

    /// <summary>
    /// A step that is repeated at once while it has something to do, and else at the next whole multiple of the
    /// interval: so the looks of all modules wake an idle process together, and not one after the other.
    /// </summary>
    private static Func<CancellationToken, Task<TimeSpan>> Polling(
        Func<CancellationToken, Task<bool>> step,
        TimeSpan interval
    ) =>
        async token =>
            await step(token)
                ? TimeSpan.Zero
                : interval
                    - TimeSpan.FromTicks(Environment.TickCount64 * TimeSpan.TicksPerMillisecond % interval.Ticks);

    /// <summary>
    /// Steps, then waits as long as the step says or until the signal, until it is to stop.
    /// </summary>
    private async Task RunAsync(
        string work,
        Signal signal,
        Func<CancellationToken, Task<TimeSpan>> step,
        CancellationToken stoppingToken
    )
    {
        BackgroundLoop loop = new(options.Value.RetryDelay.AtMost(LongestDelay), failure =>
        {
            poisoned.After(failure, module: null);
            outages.Failed(work, failure);
        });
        await loop.RunAsync(
            async token =>
            {
                var pause = await step(token);
                outages.Succeeded(work);
                return pause;
            },
            signal.Wait,
            abort.Token,
            stoppingToken
        );

        // The outage of a lane that no longer exists is over.
        outages.Succeeded(work);
    }

    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan DueWorkPollInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);
}
