using BuildingBlocks.Application;

namespace Analytics.Domain;

/// <summary>Why Analytics refuses, beside what its validators say.</summary>
internal static class AnalyticsErrors
{
    public static Error BadCursor { get; } = Error.Invalid(
        "analytics.bad-cursor", "This is no cursor that the activity feed answered. Take nextCursor of the page before, or begin without a cursor.");

    public static Error SumTooLarge { get; } = Error.Unprocessable(
        "analytics.sum-too-large", "A sum in this report is larger than any amount that can be written here. Ask for a shorter time.");
}
