using Npgsql;

namespace BuildingBlocks.EventLog.Events;

/// <summary>
/// Reads the envelope columns that outbox and parked events share, in this order: event_id, event_type, event_version,
/// key, correlation_id, causation_id, trace_parent, occurred_at.
/// </summary>
internal static class EventRow
{
    public static EventContext Context(NpgsqlDataReader reader, int first, string source) =>
        new(
            reader.GetGuid(first),
            source,
            reader.GetString(first + 1),
            reader.GetInt16(first + 2),
            reader.GetString(first + 3),
            reader.GetString(first + 4),
            reader.IsDBNull(first + 5) ? null : reader.GetString(first + 5),
            reader.IsDBNull(first + 6) ? null : reader.GetString(first + 6),
            reader.GetFieldValue<DateTimeOffset>(first + 7)
        );
}
