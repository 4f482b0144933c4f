using BuildingBlocks.EventLog.Events;

namespace Analytics.Domain;

/// <summary>One thing that happened, without saying anything about a person but an id.</summary>
internal sealed class Activity
{
    private Activity() { }

    /// <summary>The id of the event.</summary>
    public Guid EventId { get; private set; }

    /// <summary>When the event was written, UTC; what was imported has happened long before.</summary>
    public DateTimeOffset OccurredAt { get; private set; }

    /// <summary>The event's wire name, such as <c>order.confirmed</c>.</summary>
    public string Type { get; private set; } = "";

    /// <summary>
    /// The id of what it happened to: for order.* and payment.* the order, for customer.* the customer, for user.* the
    /// account.
    /// </summary>
    public Guid SubjectId { get; private set; }

    /// <summary>In the currency's minor unit; null when it was not about money.</summary>
    public long? AmountMinor { get; private set; }

    /// <summary>ISO 4217 code; null when it was not about money.</summary>
    public string? Currency { get; private set; }

    public static Activity Of(EventContext context, Guid subjectId) =>
        new()
        {
            EventId = context.EventId,
            OccurredAt = context.OccurredAt.ToUniversalTime(),
            Type = context.Type,
            SubjectId = subjectId,
        };

    public static Activity Of(EventContext context, Guid subjectId, long amountMinor, string currency)
    {
        var activity = Of(context, subjectId);
        (activity.AmountMinor, activity.Currency) = (amountMinor, currency);
        return activity;
    }
}
