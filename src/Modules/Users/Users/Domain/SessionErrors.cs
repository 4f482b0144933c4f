using BuildingBlocks.Application;

namespace Users.Domain;

/// <summary>Why something about a session is refused.</summary>
internal static class SessionErrors
{
    public static Error Unknown { get; } =
        Error.NotFound("users.session-unknown", "You have no open session with this id. See GET /users/me/sessions.");

    /// <summary>One answer for every reason: unknown, expired, used before, session ended.</summary>
    public static Error RefreshFailed { get; } =
        Error.Unauthenticated("users.refresh-failed", "This refresh token does not work any more. Sign in again.");
}
