using BuildingBlocks.Application;

namespace Analytics.Domain;

/// <summary>Why Analytics refuses.</summary>
internal static class AnalyticsErrors
{
    public const int MaxLimit = 100;

    public static Error UnknownBy { get; } =
        Error.Invalid("analytics.unknown-by", "Revenue is told by=day, by=country or by=product.");

    public static Error InvalidDay { get; } =
        Error.Invalid("analytics.invalid-day", "A day is written like 2026-01-31.");

    public static Error UpsideDown { get; } =
        Error.Invalid("analytics.upside-down", "The last day, to, lies before the first, from. Exchange them.");

    public static Error InvalidLimit { get; } =
        Error.Invalid("analytics.invalid-limit", $"A page has 1 to {MaxLimit} entries.");

    public static Error BadCursor { get; } =
        Error.Invalid(
            "analytics.bad-cursor",
            "This is no cursor that the activity feed answered. Take nextCursor of the page before, or begin without "
                + "a cursor."
        );

    public static Error SumTooLarge { get; } =
        Error.Unprocessable(
            "analytics.sum-too-large",
            "A sum in this report is larger than any amount that can be written here. Ask for a shorter time."
        );
}
