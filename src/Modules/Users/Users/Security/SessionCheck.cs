using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Primitives;
using Users.Persistence;

namespace Users.Security;

/// <summary>
/// Asks the database on every request that carries a token whether its session still lives and which role its account
/// has now, so that signing out, ending a session and changing a role are in force at once. Costs one query by primary
/// keys.
/// </summary>
internal sealed class SessionCheck(UsersDbContext db, AccessTokens accessTokens, TimeProvider clock) : BearerTokenEvents
{
    private const string Prefix = "Bearer ";

    public override async Task MessageReceivedAsync(MessageReceivedContext context)
    {
        if (TokenOf(context.Request.Headers.Authorization) is not { } token)
        {
            context.NoResult();
            return;
        }

        var now = clock.GetUtcNow();
        var signedIn = accessTokens.SessionOf(token) is { } sessionId
            ? await (
                from session in db.Sessions
                join account in db.Accounts on session.AccountId equals account.Id
                where session.Id == sessionId && session.EndedAt == null && session.ExpiresAt > now
                select new
                {
                    UserId = account.Id,
                    account.Role,
                    SessionId = session.Id,
                }
            ).SingleOrDefaultAsync(context.HttpContext.RequestAborted)
            : null;
        if (signedIn is null)
        {
            // Expired, forged or ended: whoever holds the token learns only that it does not work.
            context.Fail("The access token does not work any more.");
            return;
        }

        context.Principal = AccessTokens.PrincipalOf(signedIn.UserId, signedIn.Role, signedIn.SessionId);
        context.Success();
    }

    private static string? TokenOf(StringValues authorization) =>
        authorization is [{ } value] && value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? value[Prefix.Length..].Trim()
            : null;
}
