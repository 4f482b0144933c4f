using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Operations;

namespace Host.Operations;

/// <summary>
/// Why operators are refused, as the description of the API shows it; what is told at run time names the thing.
/// </summary>
internal static class OperationsRefusals
{
    public static Error UnknownSubscription { get; } =
        Error.NotFound(
            "operations.unknown-subscription",
            "There is no such subscription; GET /operations/subscriptions lists them."
        );

    public static Error NotAProjection { get; } =
        Error.Unprocessable(
            "operations.not-a-projection",
            "It holds more than follows from events, so it cannot be rebuilt from them."
        );

    public static Error HistoryPruned { get; } =
        Error.Conflict(
            "operations.history-pruned",
            "It cannot be rebuilt: a source keeps no events from its beginning (EventLog:ReplayWindow)."
        );

    public static Error RebuildRunning { get; } =
        Error.Conflict(
            "operations.rebuild-running",
            "It is being rebuilt already; GET /operations/subscriptions shows how far it has come."
        );

    public static Error NoRebuild { get; } = Error.Conflict("operations.no-rebuild", "It is not being rebuilt.");

    public static Error ReasonRequired { get; } =
        Error
            .Invalid("operations.reason-required", $"Say why in 1 to {OperatorReason.Longest} characters.")
            .At("reason");

    public static Error BadLanes { get; } =
        Error.Invalid("operations.bad-lanes", $"A subscription has 1 to {Lane.Most} lanes.").At("lanes");

    public static Error LanesChanging { get; } =
        Error.Conflict(
            "operations.lanes-changing",
            "Its number of lanes is being changed already; GET /operations/subscriptions shows how far it has come."
        );

    public static Error UnknownModule { get; } =
        Error.NotFound(
            "operations.unknown-module",
            "There is no such module in this Host; GET /operations/modules lists them."
        );

    public static Error UnknownConsumer { get; } =
        Error.NotFound(
            "operations.unknown-consumer",
            "The module knows of no such consumer; GET /operations/outboxes lists them."
        );

    public static Error ConsumerRuns { get; } =
        Error.Conflict(
            "operations.consumer-runs",
            "The consumer runs in this Host. Only one that is gone for good can be forgotten."
        );

    public static Error BadFilter { get; } =
        Error.Invalid(
            "operations.bad-filter",
            $"What is filtered by has 1 to {ParkedEventOperations.LongestFilter} characters, and status is waiting or "
                + "dead."
        );

    public static Error FilterRequired { get; } =
        Error.Invalid(
            "operations.filter-required",
            "Say which parked events are meant: subscription, source, eventType, key, status or errorContains."
        );

    public static Error UnknownParkedEvent { get; } =
        Error.NotFound(
            "operations.unknown-parked-event",
            "There is no such parked event; it may have been applied or discarded meanwhile."
        );

    public static Error BadPayload { get; } =
        Error
            .Invalid("operations.bad-payload", "The payload is not one of the event's type and version.")
            .At("payload");

    public static Error BadRate { get; } =
        Error
            .Invalid("operations.bad-rate", $"Events are tried at 1 to {ParkedEventOperations.FastestRetry} a second.")
            .At("perSecond");
}
