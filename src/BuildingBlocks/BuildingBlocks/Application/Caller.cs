using System.Security.Claims;

namespace BuildingBlocks.Application;

/// <summary>
/// Who is calling. Scoped; set from the bearer token for an HTTP request, and by whoever sends commands outside one.
/// </summary>
public sealed class Caller
{
    /// <summary>The claim that carries the session's id.</summary>
    public const string SessionClaim = "sid";

    /// <summary>The account's id, or null when no one is signed in.</summary>
    public Guid? UserId { get; private set; }

    /// <summary>The session's id, or null outside a signed-in request.</summary>
    public Guid? SessionId { get; private set; }

    /// <summary>True for an account of role admin, and for the system itself.</summary>
    public bool IsAdmin { get; private set; }

    /// <summary>True for moderators, admins and the system itself.</summary>
    public bool IsModerator { get; private set; }

    /// <summary>True when the caller is that account, or an admin.</summary>
    /// <param name="userId">The account that owns something; null when only admins may touch it.</param>
    public bool MayActFor(Guid? userId) => IsAdmin || (userId is not null && userId == UserId);

    /// <summary>Takes the caller from the signed-in principal.</summary>
    public void SignedIn(ClaimsPrincipal principal)
    {
        UserId = Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var user) ? user : null;
        SessionId = Guid.TryParse(principal.FindFirstValue(SessionClaim), out var session) ? session : null;
        IsAdmin = principal.IsInRole(Roles.Admin);
        IsModerator = IsAdmin || principal.IsInRole(Roles.Moderator);
    }

    /// <summary>The installation itself acts, such as when it loads demo data.</summary>
    public void System() => (UserId, SessionId, IsAdmin, IsModerator) = (null, null, true, true);
}
