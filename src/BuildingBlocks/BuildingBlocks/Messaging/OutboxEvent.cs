using System.Diagnostics;
using BuildingBlocks.Contracts;

namespace BuildingBlocks.Messaging;

/// <summary>An event on its way into the outbox; position and time are the database's to give.</summary>
internal sealed class OutboxEvent
{
    public Guid EventId { get; init; }

    /// <summary>The transaction that wrote it, known once saved.</summary>
    public ulong TxId { get; init; }

    public required string EventType { get; init; }

    public short EventVersion { get; init; }

    public required string Key { get; init; }

    public required string Payload { get; init; }

    public required string CorrelationId { get; init; }

    public string? CausationId { get; init; }

    public string? TraceParent { get; init; }

    public static OutboxEvent From(IIntegrationEvent happened)
    {
        var eventId = EventIds.Next();
        var (name, version) = EventName.Of(happened.GetType());
        var correlation = Correlation.Current;
        return new()
        {
            EventId = eventId,
            EventType = name,
            EventVersion = version,
            Key = happened.Key,
            Payload = EventSerializer.Serialize(happened),
            CorrelationId = correlation?.Id ?? eventId.ToString(),
            CausationId = correlation?.CausationId,
            TraceParent = Activity.Current?.Id,
        };
    }
}

/// <summary>An event kept back until it is due; moved into the outbox then, under the same id.</summary>
internal sealed class ScheduledEvent
{
    public Guid EventId { get; init; }

    public DateTimeOffset DueAt { get; init; }

    public required string EventType { get; init; }

    public short EventVersion { get; init; }

    public required string Key { get; init; }

    public required string Payload { get; init; }

    public required string CorrelationId { get; init; }

    public string? CausationId { get; init; }

    public string? TraceParent { get; init; }

    public static ScheduledEvent From(IIntegrationEvent happened, DateTimeOffset dueAt)
    {
        var outboxEvent = OutboxEvent.From(happened);
        return new()
        {
            EventId = outboxEvent.EventId,
            DueAt = dueAt,
            EventType = outboxEvent.EventType,
            EventVersion = outboxEvent.EventVersion,
            Key = outboxEvent.Key,
            Payload = outboxEvent.Payload,
            CorrelationId = outboxEvent.CorrelationId,
            CausationId = outboxEvent.CausationId,
            TraceParent = outboxEvent.TraceParent,
        };
    }
}
