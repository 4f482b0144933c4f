using System.Diagnostics;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Events;

namespace BuildingBlocks.EventLog.Publishing;

/// <summary>The columns of an event that are known when it is published, now or for later.</summary>
internal abstract class EventRecord
{
    public Guid EventId { get; init; }

    public string EventType { get; init; } = "";

    public short EventVersion { get; init; }

    public string Key { get; init; } = "";

    public string Payload { get; init; } = "";

    public string CorrelationId { get; init; } = "";

    public string? CausationId { get; init; }

    public string? TraceParent { get; init; }

    protected static TRecord Of<TRecord>(IIntegrationEvent happened)
        where TRecord : EventRecord, new()
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

/// <summary>An event on its way into the outbox; position and time are the database's to give.</summary>
internal sealed class OutboxEvent : EventRecord
{
    /// <summary>The transaction that wrote it, known once saved.</summary>
    public ulong TxId { get; init; }

    public static OutboxEvent From(IIntegrationEvent happened) => Of<OutboxEvent>(happened);
}

/// <summary>An event kept back until it is due; moved into the outbox then, under the same id.</summary>
internal sealed class ScheduledEvent : EventRecord
{
    public DateTimeOffset DueAt { get; private set; }

    public static ScheduledEvent From(IIntegrationEvent happened, DateTimeOffset dueAt)
    {
        var scheduled = Of<ScheduledEvent>(happened);
        scheduled.DueAt = dueAt;
        return scheduled;
    }
}
