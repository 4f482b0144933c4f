using System.Globalization;
using BuildingBlocks.Application;

namespace Users.Domain;

/// <summary>Why something about an account is refused.</summary>
internal static class AccountErrors
{
    public static Error EmailTaken { get; } =
        Error
            .Conflict(
                "users.email-taken",
                "An account with this e-mail address exists already. Sign in, or register with another address."
            )
            .At("email");

    public static Error Unknown { get; } = Error.NotFound("users.user-unknown", "There is no user with this id.");

    public static Error LastAdmin { get; } =
        Error.Conflict(
            "users.last-admin",
            "This is the last admin. Make somebody else an admin first, then take the role from this account."
        );

    /// <summary>One answer for an unknown address and a wrong password, so that it gives away neither.</summary>
    public static Error SignInFailed { get; } =
        Error.Unauthenticated(
            "users.sign-in-failed",
            "The e-mail address or the password is wrong. Check both and try again."
        );

    /// <summary>
    /// Somebody who is not signed in asks for what is theirs; over HTTP the framework refuses this before.
    /// </summary>
    public static Error NotSignedIn { get; } =
        Error.Unauthenticated("users.not-signed-in", "Sign in to see and change what is yours.");

    /// <param name="until">When the next attempt is looked at.</param>
    public static Error LockedOut(DateTimeOffset until) =>
        Error.Unauthenticated(
            "users.locked-out",
            string.Create(
                CultureInfo.InvariantCulture,
                $"Too many failed sign-ins. Try again after {until.UtcDateTime.AddSeconds(1):yyyy-MM-ddTHH:mm:ssZ}; "
                    + $"attempts before that are not looked at."
            )
        );
}
