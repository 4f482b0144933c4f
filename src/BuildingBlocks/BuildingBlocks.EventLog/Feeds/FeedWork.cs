using System.Diagnostics.Metrics;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using Npgsql;

namespace BuildingBlocks.EventLog.Feeds;

/// <summary>A loop of the event log's supervisor.</summary>
/// <param name="Name">Under which it is logged; the same for the same work.</param>
/// <param name="Signal">Ends its waiting.</param>
/// <param name="StepAsync">One step, cancelled by the first token; the second lets it end early. Returns how long to
/// wait.</param>
internal sealed record FeedLoop(
    string Name,
    Signal Signal,
    Func<CancellationToken, CancellationToken, Task<TimeSpan>> StepAsync
);

/// <summary>
/// What runs for events that cross processes: a sequencer for each module of this Host that somebody reads from
/// elsewhere, and a puller for each module that runs elsewhere. Without either there is nothing.
/// </summary>
internal sealed class FeedWork(
    FeedsOptions feeds,
    EventLogCatalog catalog,
    EventCatalog events,
    IModulePools pools,
    Func<string, NpgsqlDataSource> feedPool,
    Func<FeedQuestion, CancellationToken, Task<FeedAnswer>> ask,
    FeedFreshness freshness,
    EventSignals signals,
    TimeProvider clock
) : IDisposable
{
    private readonly Meter meter = new(EventLogDiagnostics.Name);

    /// <summary>The modules of this Host that are read from elsewhere.</summary>
    public IEnumerable<string> ServedModules =>
        catalog.Modules.Select(module => module.Name).Where(module => feeds.ReadersOf(module).Any());

    /// <summary>All loops.</summary>
    public IReadOnlyList<FeedLoop> Loops()
    {
        if (catalog.Shadows.Count > 0)
        {
            meter.CreateObservableGauge(
                FeedMetrics.Age,
                Ages,
                "s",
                "Seconds since a shadow was last known to hold all that its module had committed."
            );
        }

        return
        [
            .. ServedModules.Select(module =>
            {
                FeedSequencer sequencer = new(module, pools.Of(module), [.. feeds.ReadersOf(module)], signals);
                return new FeedLoop($"Feed for readers of {module}", signals.Listen(module), async (token, _) =>
                    await sequencer.StepAsync(token) ? TimeSpan.Zero : SubscriptionWorker.ProgressRefreshInterval
                );
            }),
            .. catalog.Shadows.Select(module =>
            {
                FeedPuller puller = new(
                    module,
                    [
                        .. catalog
                            .Subscriptions.Where(one => string.Equals(one.Source, module, StringComparison.Ordinal))
                            .SelectMany(one => one.EventTypes)
                            .Distinct(StringComparer.Ordinal),
                    ],
                    ShadowOf(module),
                    ask,
                    events,
                    freshness,
                    signals
                );
                return new FeedLoop($"Feed of {module}", new(), puller.StepAsync);
            }),
        ];
    }

    /// <summary>The feed of a module of this Host, for those who read it from elsewhere.</summary>
    public FeedPages PagesOf(string module) => new(module, pools.Of(module));

    /// <summary>The shadow of a module that runs elsewhere.</summary>
    public ShadowStore ShadowOf(string module) => new(module, feedPool(module));

    public void Dispose() => meter.Dispose();

    private IEnumerable<Measurement<double>> Ages()
    {
        var now = clock.GetUtcNow();
        return from module in catalog.Shadows
            let asOf = freshness.LagOf(module)?.AsOf
            where asOf is not null
            select new Measurement<double>(
                Math.Max(0, (now - asOf.Value).TotalSeconds),
                new KeyValuePair<string, object?>(EventLogDiagnostics.SourceTag, module)
            );
    }
}
