using BuildingBlocks.Application;

namespace Users.Domain;

/// <summary>
/// What proves that somebody is the owner of an account, and how often it was tried in vain. A row of its own, changed
/// under a row lock, so that failed sign-ins neither disturb changes of the account nor escape the count by coming all
/// at once.
/// </summary>
internal sealed class Credential
{
    public const int MinPasswordLength = 10;
    public const int MaxPasswordLength = 128;

    private Credential() { }

    public Guid AccountId { get; private set; }

    /// <summary>Salted PBKDF2 in ASP.NET Core's format, which names its own parameters.</summary>
    public string PasswordHash { get; private set; } = "";

    /// <summary>In a row; a successful sign-in begins anew.</summary>
    public int FailedSignIns { get; private set; }

    public DateTimeOffset? LockedUntil { get; private set; }

    public static Credential For(Guid accountId, string passwordHash) =>
        new() { AccountId = accountId, PasswordHash = passwordHash };

    /// <summary>Another password, or the same one hashed with today's parameters.</summary>
    public void SetPasswordHash(string passwordHash) => PasswordHash = passwordHash;

    /// <summary>
    /// Refuses while locked, even the right password: of many guesses made at once, only those counted before the lock
    /// can succeed.
    /// </summary>
    public Result RefuseWhileLocked(DateTimeOffset now) =>
        now < LockedUntil ? AccountErrors.LockedOut(LockedUntil.Value) : Result.Done;

    /// <summary>Counts an attempt that was looked at. The row is locked for update meanwhile.</summary>
    public Result Attempt(bool passwordMatches, UsersOptions options, DateTimeOffset now)
    {
        if (RefuseWhileLocked(now).Failed(out var locked))
        {
            return locked;
        }

        if (passwordMatches)
        {
            (FailedSignIns, LockedUntil) = (0, null);
            return Result.Done;
        }

        FailedSignIns++;
        if (FailedSignIns >= options.FailuresBeforeLockOut)
        {
            LockedUntil = now + LockOutAfter(FailedSignIns - options.FailuresBeforeLockOut, options);
        }

        return AccountErrors.SignInFailed;
    }

    private static TimeSpan LockOutAfter(int doublings, UsersOptions options) =>
        doublings >= 30 || options.FirstLockOut * (1 << doublings) > options.LongestLockOut
            ? options.LongestLockOut
            : options.FirstLockOut * (1 << doublings);
}
