using System.Collections;
using BuildingBlocks.EventLog.Events;

namespace BuildingBlocks.EventLog.Consuming;

/// <summary>
/// What every line that is logged while an event is applied carries; a list of pairs only when somebody reads it.
/// </summary>
internal sealed class EventScope(string consumer, EventContext context) : IEnumerable<KeyValuePair<string, object?>>
{
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return new("CorrelationId", context.CorrelationId);
        yield return new("Consumer", consumer);
        yield return new("EventId", context.EventId);
        yield return new("EventType", context.Type);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() =>
        $"CorrelationId:{context.CorrelationId} Consumer:{consumer} EventId:{context.EventId} "
        + $"EventType:{context.Type}";
}
