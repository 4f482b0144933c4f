using System.Diagnostics;
using System.Diagnostics.Metrics;
using BuildingBlocks.EventLog.Diagnostics;

namespace BuildingBlocks.EventLog.Feeds;

/// <summary>What feeds count; docs/guides/observability.md lists all.</summary>
internal static class FeedMetrics
{
    /// <summary>The gauge of how long a shadow has not been known to hold all that its module had committed.</summary>
    public const string Age = "eventlog.feed.age";

    private static readonly Meter Meter = new(EventLogDiagnostics.Name);

    private static readonly Counter<long> PulledEvents = Meter.CreateCounter<long>(
        "eventlog.feed.pulled",
        "{event}",
        "Events that were fetched from the Host their module runs in, and appended to its shadow."
    );

    private static readonly Counter<long> ServedEvents = Meter.CreateCounter<long>(
        "eventlog.feed.served",
        "{event}",
        "Events that were sent to readers elsewhere."
    );

    public static void Pulled(string module, int events) =>
        PulledEvents.Add(events, new TagList { { EventLogDiagnostics.SourceTag, module } });

    public static void Served(string module, string reader, int events) =>
        ServedEvents.Add(
            events,
            new TagList { { EventLogDiagnostics.SourceTag, module }, { "eventlog.feed.reader", reader } }
        );
}
