using BuildingBlocks.Application;

namespace Notifications.Domain;

/// <summary>What Notifications refuses.</summary>
internal static class NotificationErrors
{
    public const int MaxLimit = 100;

    public static Error BadCursor { get; } =
        Error.Invalid(
            "notifications.bad-cursor",
            "This is no cursor of this list. Begin without one, and go on with the nextCursor of each page, for the "
                + "same order."
        );

    public static Error InvalidLimit { get; } =
        Error.Invalid("notifications.invalid-limit", $"A page has 1 to {MaxLimit} mails.");
}
