using System.ComponentModel.DataAnnotations;

namespace Users;

/// <summary>Sign-in settings, section <c>users</c>. The defaults are meant to be kept.</summary>
internal sealed class UsersOptions : IValidatableObject
{
    /// <summary>
    /// How long an access token works without being refreshed: 1 minute to 1 day, 1 hour by default. An ended session's
    /// stops at once.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a session lives after its last sign-in or refresh: 1 hour to 90 days, 14 days by default.
    /// </summary>
    [Range(typeof(TimeSpan), "01:00:00", "90.00:00:00")]
    public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>
    /// How long after its first use a refresh token may be presented again, by a second tab or after a lost answer,
    /// without being taken for stolen: 0 to 1 minute, 10 seconds by default. 0 ends the session on any second use.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RefreshGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The failed sign-in in a row that locks an account: 3 to 100, 5 by default.</summary>
    [Range(3, 100)]
    public int FailuresBeforeLockOut { get; set; } = 5;

    /// <summary>
    /// How long the first lock-out lasts; each further failure doubles it. 1 second to 1 day, 1 minute by default.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan FirstLockOut { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest lock-out: <see cref="FirstLockOut"/> to 7 days, 1 hour by default.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan LongestLockOut { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Rounds of PBKDF2-HMAC-SHA512 a password: 100,000 to 10,000,000, 210,000 by default (OWASP, 2023). Raised at
    /// will: a password is hashed anew when its owner next signs in.
    /// </summary>
    [Range(100_000, 10_000_000)]
    public int PasswordHashIterations { get; set; } = 210_000;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (LongestLockOut < FirstLockOut)
        {
            yield return new(
                "users:LongestLockOut must not be shorter than users:FirstLockOut.",
                [nameof(LongestLockOut)]
            );
        }

        if (RefreshTokenLifetime < AccessTokenLifetime)
        {
            yield return new(
                "users:RefreshTokenLifetime must not be shorter than users:AccessTokenLifetime.",
                [nameof(RefreshTokenLifetime)]
            );
        }
    }
}
