using System.Security.Claims;
using BuildingBlocks.Application;

namespace BuildingBlocks.Testing;

/// <summary>Who sends a request in a test.</summary>
public sealed class As
{
    private readonly Action<Caller> signIn;

    private As(Action<Caller> signIn) => this.signIn = signIn;

    /// <summary>The installation itself, which may everything.</summary>
    public static As System { get; } = new(caller => caller.System());

    /// <summary>Somebody who is not signed in.</summary>
    public static As Nobody { get; } = new(_ => { });

    /// <summary>The account of a customer.</summary>
    public static As User(Guid userId, Guid? sessionId = null) => SignedIn(userId, sessionId, Roles.User);

    /// <summary>The account of a moderator.</summary>
    public static As Moderator(Guid userId, Guid? sessionId = null) => SignedIn(userId, sessionId, Roles.Moderator);

    /// <summary>The account of an admin.</summary>
    public static As Admin(Guid userId, Guid? sessionId = null) => SignedIn(userId, sessionId, Roles.Admin);

    internal void SignIn(Caller caller) => signIn(caller);

    private static As SignedIn(Guid userId, Guid? sessionId, string role)
    {
        List<Claim> claims = [new(ClaimTypes.NameIdentifier, userId.ToString()), new(ClaimTypes.Role, role)];
        if (sessionId is not null)
        {
            claims.Add(new(Caller.SessionClaim, sessionId.Value.ToString()));
        }

        return new(caller => caller.SignedIn(new(new ClaimsIdentity(claims, "test"))));
    }
}
