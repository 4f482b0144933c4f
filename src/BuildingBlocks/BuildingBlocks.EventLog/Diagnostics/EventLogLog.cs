using Microsoft.Extensions.Logging;

namespace BuildingBlocks.EventLog.Diagnostics;

internal static partial class EventLogLog
{
    [LoggerMessage(
        1,
        LogLevel.Warning,
        "{Consumer} could not apply event {EventId} ({EventType}, key {Key}) of {Source}; it is parked. Correlation "
            + "{CorrelationId}."
    )]
    public static partial void EventParked(
        this ILogger logger,
        Exception failure,
        string consumer,
        Guid eventId,
        string eventType,
        string key,
        string source,
        string correlationId
    );

    [LoggerMessage(
        2,
        LogLevel.Error,
        "{Consumer} could not apply event {EventId} ({EventType}, key {Key}) of {Source} in {Attempts} attempts; it is "
            + "dead, and its key waits for an operator. Correlation {CorrelationId}."
    )]
    public static partial void EventDead(
        this ILogger logger,
        Exception failure,
        string consumer,
        Guid eventId,
        string eventType,
        string key,
        string source,
        int attempts,
        string correlationId
    );

    [LoggerMessage(
        4,
        LogLevel.Information,
        "{Consumer} applied parked event {EventId} ({EventType}, key {Key}) of {Source} at attempt {Attempt}. "
            + "Correlation {CorrelationId}."
    )]
    public static partial void ParkedEventApplied(
        this ILogger logger,
        string consumer,
        Guid eventId,
        string eventType,
        string key,
        string source,
        int attempt,
        string correlationId
    );

    [LoggerMessage(5, LogLevel.Debug, "{Consumer} retries a page of {Count} events of {Source} event by event.")]
    public static partial void PageSplit(
        this ILogger logger,
        Exception failure,
        string consumer,
        int count,
        string source
    );

    [LoggerMessage(
        6,
        LogLevel.Warning,
        "{Consumer} does not react to {Source}: that module is not enabled in this Host."
    )]
    public static partial void SourceNotEnabled(this ILogger logger, string consumer, string source);

    [LoggerMessage(7, LogLevel.Information, "{Projection} is being rebuilt from history, as {OperatorId} asked.")]
    public static partial void RebuildStarted(this ILogger logger, string projection, string operatorId);

    [LoggerMessage(8, LogLevel.Information, "The rebuild of {Projection} was abandoned, as {OperatorId} asked.")]
    public static partial void RebuildAbandoned(this ILogger logger, string projection, string operatorId);

    [LoggerMessage(9, LogLevel.Information, "{Projection} has been rebuilt and swapped in.")]
    public static partial void RebuildFinished(this ILogger logger, string projection);

    [LoggerMessage(
        10,
        LogLevel.Warning,
        "The rebuild of {Projection} is not swapped in: it could not apply {Count} events that the live one could."
    )]
    public static partial void RebuildHeldBack(this ILogger logger, string projection, long count);

    [LoggerMessage(
        11,
        LogLevel.Information,
        "Deleted {Count} events of {Source} that all consumers have applied and that are older than {Window}."
    )]
    public static partial void OutboxPruned(this ILogger logger, string source, int count, TimeSpan window);

    [LoggerMessage(12, LogLevel.Warning, "{Consumer} is paused (events of {Sources}), as {OperatorId} asked: {Reason}")]
    public static partial void Paused(
        this ILogger logger,
        string consumer,
        string sources,
        string operatorId,
        string reason
    );

    [LoggerMessage(13, LogLevel.Information, "{Consumer} is resumed (events of {Sources}), as {OperatorId} asked.")]
    public static partial void Resumed(this ILogger logger, string consumer, string sources, string operatorId);

    [LoggerMessage(
        14,
        LogLevel.Information,
        "{Consumer} is to read {Sources} in {Lanes} lanes, as {OperatorId} asked."
    )]
    public static partial void LanesChanging(
        this ILogger logger,
        string consumer,
        string sources,
        short lanes,
        string operatorId
    );

    [LoggerMessage(15, LogLevel.Warning, "{Source} no longer keeps events for {Consumer}, as {OperatorId} asked.")]
    public static partial void ConsumerForgotten(
        this ILogger logger,
        string source,
        string consumer,
        string operatorId
    );

    [LoggerMessage(
        16,
        LogLevel.Warning,
        "The clock of this machine is {Offset} off the database's; the database's time is used."
    )]
    public static partial void ClockIsOff(this ILogger logger, TimeSpan offset);

    [LoggerMessage(
        17,
        LogLevel.Error,
        "The checkpoint of {Consumer} in {Source} was set by hand, so it is paused: resumed, it calls out for all that "
            + "lies after it, also for what it has called out for before."
    )]
    public static partial void OutboundReset(this ILogger logger, string consumer, string source);
}
