using BuildingBlocks.EventLog.Events;
using Payments.Domain;

namespace Payments.Reactions;

/// <summary>Takes from an event what the events answering it much later are to be tied to.</summary>
internal static class Origins
{
    public static PaymentOrigin ToOrigin(this EventContext context) =>
        new(context.CorrelationId, context.EventId.ToString(), context.TraceParent);
}
