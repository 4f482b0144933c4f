using BuildingBlocks.Application;
using BuildingBlocks.Testing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Users.Features;

namespace Users.Tests;

/// <summary>The Users module on a database of its own, and what its tests keep doing.</summary>
public sealed class UsersFixture : ModuleFixture<UsersModule>
{
    public const string Password = "correct horse battery";

    private int registered;

    // The least that is allowed: these tests hash many passwords.
    protected override IReadOnlyDictionary<string, string?> Settings { get; } =
        new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["users:PasswordHashIterations"] = "100000",
        };

    public string NewEmail() => $"user{Interlocked.Increment(ref registered)}@example.com";

    internal async Task<Guid> Register(string email) =>
        (await Send(new RegisterUser(email, Password, "Ada"), As.Nobody)).Succeeded().UserId;

    internal Task<Result<SignedIn>> TrySignIn(string email, string password = Password) =>
        Send(new SignIn(email, password) { Device = "test" }, As.Nobody);

    internal async Task<SignedIn> SignIn(string email) => (await TrySignIn(email)).Succeeded();

    internal Task<Result<SignedIn>> TryRefresh(string refreshToken) =>
        Send(new RefreshSession(refreshToken), As.Nobody);

    /// <summary>What the framework makes of a request with this Authorization header.</summary>
    public async Task<AuthenticateResult> Authenticate(string? authorization)
    {
        await using var scope = Services.CreateAsyncScope();
        DefaultHttpContext request = new() { RequestServices = scope.ServiceProvider };
        request.Request.Headers.Authorization = authorization;
        return await request.AuthenticateAsync(BearerTokenDefaults.AuthenticationScheme);
    }

    /// <summary>The signed-in caller, as later commands of theirs see them.</summary>
    internal async Task<As> CallerOf(SignedIn signedIn)
    {
        var principal = (await Authenticate($"Bearer {signedIn.AccessToken}")).Principal.ShouldNotBeNull();
        Caller caller = new();
        caller.SignedIn(principal);
        return As.User(caller.UserId!.Value, caller.SessionId);
    }
}

internal static class Codes
{
    /// <summary>What became of many requests, null for those that succeeded.</summary>
    public static IEnumerable<string?> CodesOf<T>(IEnumerable<T> outcomes)
        where T : IRefusable<T> => outcomes.Select(outcome => outcome.Error?.Code);
}
