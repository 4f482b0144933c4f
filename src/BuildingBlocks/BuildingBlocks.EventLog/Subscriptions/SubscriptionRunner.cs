using System.Diagnostics;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BuildingBlocks.EventLog.Subscriptions;

/// <summary>
/// Keeps the lanes of one subscription going in this Host, and follows when their number changes. The properties are
/// thread-safe.
/// </summary>
internal sealed class SubscriptionRunner(
    Subscription subscription,
    ModulePoller poller,
    EventSignals signals,
    IModulePools pools,
    IServiceProvider services,
    IOptions<EventLogOptions> options,
    EventLogCatalog catalog,
    FeedFreshness feeds
)
{
    private volatile IReadOnlyList<RunningLane> lanes = [];

    /// <summary>The subscription as it was declared, in one lane.</summary>
    public Subscription Subscription => subscription;

    /// <summary>
    /// What the source had committed by then is known to have been applied, with none of it parked; null while that is
    /// not known of every lane.
    /// </summary>
    public DateTimeOffset? CurrentAsOf
    {
        get
        {
            var all = lanes.Select(lane => lane.CurrentAsOf).ToArray();
            var applied = all.Length == 0 || all.Contains(null) ? null : all.Min();
            return catalog.Shadows.Contains(subscription.Source, StringComparer.Ordinal)
                ? feeds.AtHome(subscription.Source, applied)
                : applied;
        }
    }

    /// <summary>Nothing new has been found since this Host last saw that nothing is left to apply.</summary>
    public bool IsAtHead => lanes is { Count: > 0 } all && all.All(lane => lane.IsAtHead);

    /// <summary>Runs until the Host stops.</summary>
    /// <param name="loop">Runs a step again and again until its token is cancelled.</param>
    /// <param name="stoppingToken">The Host stops.</param>
    public async Task RunAsync(
        Func<string, Signal, Func<CancellationToken, Task<TimeSpan>>, CancellationToken, Task> loop,
        CancellationToken stoppingToken
    )
    {
        // One lane is what most have; the row tells otherwise at the first step.
        short count = 1;
        while (!stoppingToken.IsCancellationRequested)
        {
            using var changed = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            lanes = [.. Enumerable.Range(0, count).Select(number => NewLane((short)number, count))];
            await Task.WhenAll(
                lanes.Select(lane =>
                    loop(
                        $"Subscription {lane.Subscription}",
                        lane.Signal,
                        async token =>
                        {
                            var outcome = await lane.StepAsync(token);
                            if (
                                outcome == StepOutcome.Relaned
                                && await CountAsync(token) is var now and > 0
                                && now != lane.Subscription.Lane.Count
                            )
                            {
                                count = now;
                                await changed.CancelAsync();
                            }

                            return lane.DelayAfter(outcome);
                        },
                        changed.Token
                    )
                )
            );
            foreach (var lane in lanes)
            {
                signals.Forget(subscription.Source, lane.Signal);
            }
        }
    }

    private RunningLane NewLane(short number, short count)
    {
        var own = subscription with { Lane = new(number, count) };
        return new(
            own,
            ActivatorUtilities.CreateInstance<SubscriptionWorker>(services, own),
            signals.Listen(subscription.Source, subscription.EventTypes),
            poller,
            options.Value.PollInterval
        );
    }

    private async Task<short> CountAsync(CancellationToken cancellationToken)
    {
        await using var connection = await pools.Of(subscription.Consumer.Name).OpenConnectionAsync(cancellationToken);
        return (await new SubscriptionStore(subscription).ReadAsync(connection, cancellationToken)) is [var first, ..]
            ? first.Lane.Count
            : (short)0;
    }

    private sealed class RunningLane(
        Subscription subscription,
        SubscriptionWorker worker,
        Signal signal,
        ModulePoller poller,
        TimeSpan pollInterval
    )
    {
        private const long Busy = -1;

        private static readonly TimeSpan ProjectionWindow = TimeSpan.FromMilliseconds(20);

        // How much the poller had found before the worker found nothing more.
        private long idleSince = Busy;
        private long beganAt;

        public Subscription Subscription => subscription;

        public Signal Signal => signal;

        /// <summary>At the head a lane is as current as the last look that found nothing new for anybody.</summary>
        public DateTimeOffset? CurrentAsOf =>
            IsAtHead && !worker.MayHaveParked && poller.QuietAt is { } quiet && quiet > worker.CurrentAsOf
                ? quiet
                : worker.CurrentAsOf;

        public bool IsAtHead => Volatile.Read(ref idleSince) == poller.Findings;

        public async Task<StepOutcome> StepAsync(CancellationToken cancellationToken)
        {
            await GatherAsync(cancellationToken);
            var found = poller.Findings;
            Volatile.Write(ref idleSince, Busy);
            var outcome = await worker.StepAsync(cancellationToken);
            if (worker.ReachedHead)
            {
                Volatile.Write(ref idleSince, found);
            }

            return outcome;
        }

        /// <summary>
        /// While events follow each other closely, a projection that has caught up lets some come together: a page
        /// costs five statements however few it holds, and nothing goes on from a projection. A lone event is not kept
        /// waiting.
        /// </summary>
        private async Task GatherAsync(CancellationToken cancellationToken)
        {
            var left = ProjectionWindow - Stopwatch.GetElapsedTime(beganAt);
            if (Subscription.Consumer.IsProjection && worker.ReachedHead && left > TimeSpan.Zero)
            {
                await Task.Delay(left, cancellationToken);
            }

            beganAt = Stopwatch.GetTimestamp();
        }

        public TimeSpan DelayAfter(StepOutcome outcome) =>
            outcome switch
            {
                // What was committed since the page was read raises the signal.
                StepOutcome.Moved when !worker.ReachedHead => TimeSpan.Zero,

                // ParkedEventRetry retries parked events; poll until none remain.
                StepOutcome.Moved or StepOutcome.Idle when !worker.MayHaveParked =>
                    SubscriptionWorker.ProgressRefreshInterval,
                _ => pollInterval,
            };
    }
}
