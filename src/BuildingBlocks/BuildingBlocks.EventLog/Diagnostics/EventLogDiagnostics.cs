using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BuildingBlocks.EventLog.Diagnostics;

/// <summary>
/// Traces and metrics of the event log. Where OpenTelemetry's conventions for messaging have a name it is used, with
/// the module whose events they are as destination and the subscription as consumer group; docs/guides/observability.md
/// lists all.
/// </summary>
public static class EventLogDiagnostics
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "BuildingBlocks.Messaging";

    /// <summary>
    /// The name of the gauge that tells how many seconds ago a subscription was last known to be current.
    /// </summary>
    public const string StalenessGauge = "eventlog.subscription.staleness";

    /// <summary>
    /// The name of the gauge that tells how many events a subscription has yet to pass, counted up to 10,000.
    /// </summary>
    public const string PendingGauge = "eventlog.subscription.pending";

    /// <summary>
    /// The name of the gauge that tells how many events are parked, by consumer and status (waiting or dead).
    /// </summary>
    public const string ParkedGauge = "eventlog.parked_events.count";

    /// <summary>
    /// The name of the gauge that tells for how many seconds the oldest parked event of a consumer has been parked; 0
    /// when none is.
    /// </summary>
    public const string ParkedAgeGauge = "eventlog.parked_events.age";

    /// <summary>The tag that names the consumer.</summary>
    internal const string ConsumerTag = "messaging.consumer.group.name";

    /// <summary>The tag that names the module whose events they are.</summary>
    internal const string SourceTag = "messaging.destination.name";

    internal const string SystemTag = "messaging.system";
    internal const string System = "eventlog";
    internal const string EventTypeTag = "eventlog.event.type";

    private static readonly Meter Meter = new(Name);

    internal static ActivitySource Activities { get; } = new(Name);

    internal static Counter<long> Sent { get; } =
        Meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Events committed to an outbox.");

    internal static Counter<long> Consumed { get; } =
        Meter.CreateCounter<long>(
            "messaging.client.consumed.messages",
            "{message}",
            "Events that a subscription has passed: their effects are committed, or they are parked."
        );

    internal static Histogram<double> ProcessDuration { get; } =
        Meter.CreateHistogram<double>(
            "messaging.process.duration",
            "s",
            "Reactions of one consumer to one event, or to the events of a batch, without the commit."
        );

    internal static Histogram<double> DeliveryDuration { get; } =
        Meter.CreateHistogram<double>(
            "eventlog.delivery.duration",
            "s",
            "From writing an event to committing its effects."
        );

    internal static Histogram<int> BatchSize { get; } =
        Meter.CreateHistogram<int>("eventlog.batch.size", "{event}", "Events of one transaction of a subscription.");

    internal static Histogram<double> BatchDuration { get; } =
        Meter.CreateHistogram<double>(
            "eventlog.batch.duration",
            "s",
            "One transaction of a subscription, from locking its row to the commit."
        );

    internal static Counter<long> Parked { get; } =
        Meter.CreateCounter<long>(
            "eventlog.parked_events.added",
            "{event}",
            "Events parked because they failed, or behind one that did."
        );

    internal static Counter<long> Retries { get; } =
        Meter.CreateCounter<long>(
            "eventlog.parked_events.retries",
            "{attempt}",
            "Attempts to apply a parked event; the outcome is applied, waiting or dead."
        );

    private static Histogram<double> SagaDuration { get; } =
        Meter.CreateHistogram<double>(
            "saga.duration",
            "s",
            "From the start of a saga's run to its end, which is completed or failed."
        );

    /// <summary>A run of a saga has ended, and that is committed.</summary>
    internal static void SagaEnded(string module, string saga, string outcome, TimeSpan taken) =>
        SagaDuration.Record(
            taken.TotalSeconds,
            new TagList
            {
                { "saga.name", saga },
                { "saga.outcome", outcome },
                { "saga.module", module },
            }
        );

    internal static TagList TagsOf(string consumer, string source) =>
        new()
        {
            { SystemTag, System },
            { ConsumerTag, consumer },
            { SourceTag, source },
        };
}
