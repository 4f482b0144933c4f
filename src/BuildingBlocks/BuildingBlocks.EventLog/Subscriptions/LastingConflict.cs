using System.Globalization;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Storage;
using Microsoft.EntityFrameworkCore;

namespace BuildingBlocks.EventLog.Subscriptions;

/// <summary>The reason logged for an event that keeps conflicting; it says where to look.</summary>
internal static class LastingConflict
{
    public static string Of(Subscription subscription, EventContext context, Exception failure, int times)
    {
        var tables = Causes
            .Of(failure)
            .OfType<DbUpdateException>()
            .SelectMany(refused => refused.Entries)
            .Select(entry => entry.Metadata.GetTableName())
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        var reactions = subscription
            .Consumer.Reactions.Where(one =>
                string.Equals(EventName.Of(one.EventType).Name, context.Type, StringComparison.Ordinal)
            )
            .Select(one => one.ReactionType.Name)
            .ToArray();
        return string.Create(
                CultureInfo.InvariantCulture,
                $"event {context.EventId} ({context.Type}, key {context.Key}, correlation {context.CorrelationId}) has "
            )
            + string.Create(CultureInfo.InvariantCulture, $"conflicted {times} times in a row over ")
            + $"{(tables.Length > 0 ? string.Join(", ", tables) : "rows that others hold")}, and is tried again. "
            + "If nobody else changes these rows, "
            + $"{(reactions.Length > 0 ? string.Join(" or ", reactions) : "a saga")} does so itself: it changes a row "
            + "with SQL of its own and then saves it, or saves one that it has not read.";
    }
}
