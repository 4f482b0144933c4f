using System.Globalization;

namespace OrderSearch.Domain;

/// <summary>
/// How points in time are written in an address: ISO 8601, a date alone being its first moment in UTC.
/// </summary>
internal static class Time
{
    public const string Rule =
        "A time is ISO 8601, such as 2026-01-31 or 2026-01-31T12:00:00Z; write the + of an offset as %2B.";

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>The time in UTC, or null when the text is none.</summary>
    public static DateTimeOffset? Parse(string text) =>
        DateTimeOffset.TryParseExact(
            text,
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : null;
}
