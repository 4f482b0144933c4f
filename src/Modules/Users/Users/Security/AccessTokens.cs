using System.Security.Claims;
using BuildingBlocks.Application;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.Extensions.Options;

namespace Users.Security;

/// <summary>
/// Issues and opens access tokens: opaque to everybody else, protected by keys that only the users schema holds.
/// Thread-safe.
/// </summary>
internal sealed class AccessTokens(
    IOptionsMonitor<BearerTokenOptions> bearer,
    IOptions<UsersOptions> options,
    TimeProvider clock
)
{
    private const string Scheme = BearerTokenDefaults.AuthenticationScheme;

    public TimeSpan Lifetime => options.Value.AccessTokenLifetime;

    public string Issue(Guid userId, string role, Guid sessionId)
    {
        AuthenticationProperties properties = new() { ExpiresUtc = clock.GetUtcNow() + Lifetime };
        return bearer
            .Get(Scheme)
            .BearerTokenProtector.Protect(new(PrincipalOf(userId, role, sessionId), properties, Scheme));
    }

    /// <summary>The session a token was issued for, or null when it is none of ours or too old.</summary>
    public Guid? SessionOf(string token) =>
        bearer.Get(Scheme).BearerTokenProtector.Unprotect(token) is { } ticket
        && clock.GetUtcNow() < ticket.Properties.ExpiresUtc
        && Guid.TryParse(ticket.Principal.FindFirstValue(Caller.SessionClaim), out var sessionId)
            ? sessionId
            : null;

    public static ClaimsPrincipal PrincipalOf(Guid userId, string role, Guid sessionId) =>
        new(
            new ClaimsIdentity(
                [
                    new(ClaimTypes.NameIdentifier, userId.ToString()),
                    new(ClaimTypes.Role, role),
                    new(Caller.SessionClaim, sessionId.ToString()),
                ],
                Scheme
            )
        );
}
