using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BuildingBlocks.Messaging;

/// <summary>Traces and metrics of the event log.</summary>
public static class EventLogDiagnostics
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "BuildingBlocks.Messaging";

    private static readonly Meter Meter = new(Name);

    /// <summary>The name of the gauge that tells how many seconds ago a subscription was last known to be current.</summary>
    public const string StalenessGauge = "eventlog.subscription.staleness";

    /// <summary>The name of the gauge that tells how many events are parked, by consumer and status (waiting or dead).</summary>
    public const string ParkedGauge = "eventlog.events.parked.current";

    /// <summary>The name of the gauge that tells for how many seconds the oldest parked event of a consumer has been parked; 0 when none is.</summary>
    public const string ParkedAgeGauge = "eventlog.events.parked.oldest_age";

    internal static ActivitySource Activities { get; } = new(Name);

    internal static Counter<long> Applied { get; } = Meter.CreateCounter<long>("eventlog.events.applied", "{event}", "Events whose reactions were committed.");

    internal static Counter<long> Parked { get; } = Meter.CreateCounter<long>("eventlog.events.parked", "{event}", "Events parked because they failed, or behind one that did.");

    internal static Histogram<double> Lag { get; } = Meter.CreateHistogram<double>("eventlog.lag", "s", "From writing an event to committing its effects.");
}
