using BuildingBlocks.Application;

namespace Users.Domain;

/// <summary>
/// One sign-in on one device, from signing in to signing out. Its access tokens work as long as it lives; it lives as
/// long as it is refreshed in time and nobody ends it.
/// </summary>
internal sealed class Session
{
    public const int MaxDeviceLength = 200;

    private Session() { }

    public Guid Id { get; private set; }

    public Guid AccountId { get; private set; }

    /// <summary>
    /// What the device calls itself (User-Agent), for its owner to recognise; null when it does not say.
    /// </summary>
    public string? Device { get; private set; }

    public DateTimeOffset StartedAt { get; private set; }

    public DateTimeOffset RefreshedAt { get; private set; }

    public DateTimeOffset ExpiresAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public static Session Start(Guid accountId, string? device, DateTimeOffset now) =>
        new()
        {
            Id = Guid.CreateVersion7(now),
            AccountId = accountId,
            Device = Printable(device),
            StartedAt = now,
        };

    /// <summary>
    /// Prolongs the session with a new refresh token; the secret leaves the building once and is not kept.
    /// </summary>
    public RefreshToken IssueRefreshToken(TimeSpan lifetime, DateTimeOffset now, out string secret)
    {
        (RefreshedAt, ExpiresAt) = (now, now + lifetime);
        return RefreshToken.Issue(Id, now, ExpiresAt, out secret);
    }

    /// <summary>
    /// Takes a refresh token back for a new one. A token that was taken back before may have been stolen, from its
    /// owner or by the one who presents it now: nobody can tell, so the session ends for both. Within the grace it
    /// counts as the same device asking twice.
    /// </summary>
    /// <param name="token">Of this session, its row locked for update.</param>
    /// <param name="grace">How long after its first use a second one is forgiven.</param>
    /// <param name="now">UTC.</param>
    public Result Redeem(RefreshToken token, TimeSpan grace, DateTimeOffset now)
    {
        if (EndedAt is not null || now >= token.ExpiresAt)
        {
            return SessionErrors.RefreshFailed;
        }

        if (token.UsedAt is { } usedAt && now - usedAt >= grace)
        {
            End(now);
            return SessionErrors.RefreshFailed;
        }

        token.MarkUsed(now);
        return Result.Done;
    }

    /// <summary>No token of the session works from now on.</summary>
    public void End(DateTimeOffset now) => EndedAt ??= now;

    private static string? Printable(string? device)
    {
        var clean = new string([
            .. (device ?? "").Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(MaxDeviceLength),
        ]).Trim();
        return clean.Length == 0 ? null : clean;
    }
}
