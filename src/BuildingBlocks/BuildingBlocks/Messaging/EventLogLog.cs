using Microsoft.Extensions.Logging;

namespace BuildingBlocks.Messaging;

internal static partial class EventLogLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Consumer} could not apply event {EventId} ({EventType}, key {Key}) of {Source}; it is parked. Correlation {CorrelationId}.")]
    public static partial void EventParked(
        this ILogger logger, Exception failure, string consumer, Guid eventId, string eventType, string key, string source, string correlationId);

    [LoggerMessage(2, LogLevel.Error, "{Consumer} gave up on event {EventId} ({EventType}, key {Key}) of {Source} after {Attempts} attempts; its key waits for an operator. Correlation {CorrelationId}.")]
    public static partial void EventDead(
        this ILogger logger, Exception failure, string consumer, Guid eventId, string eventType, string key, string source, int attempts, string correlationId);

    [LoggerMessage(3, LogLevel.Warning, "{Work} failed {Failures} times in a row; it goes on in {Pause}.")]
    public static partial void WorkFailed(this ILogger logger, Exception failure, string work, int failures, TimeSpan pause);

    [LoggerMessage(4, LogLevel.Information, "{Consumer} applied parked event {EventId} ({EventType}, key {Key}) of {Source} at attempt {Attempt}. Correlation {CorrelationId}.")]
    public static partial void ParkedEventApplied(
        this ILogger logger, string consumer, Guid eventId, string eventType, string key, string source, int attempt, string correlationId);

    [LoggerMessage(5, LogLevel.Debug, "{Consumer} runs a page of {Count} events of {Source} again event by event.")]
    public static partial void PageSplit(this ILogger logger, Exception failure, string consumer, int count, string source);

    [LoggerMessage(6, LogLevel.Warning, "{Consumer} does not react to {Source}: that module is not enabled in this Host.")]
    public static partial void SourceNotEnabled(this ILogger logger, string consumer, string source);
}
