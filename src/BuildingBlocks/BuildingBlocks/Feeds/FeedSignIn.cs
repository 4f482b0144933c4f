using System.Security.Claims;
using System.Text.Encodings.Web;
using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BuildingBlocks.Feeds;

/// <summary>Signs in other Hosts by their tokens; accounts of people are nothing to it.</summary>
internal sealed class FeedSignIn(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    FeedTokens tokens
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public new const string Scheme = "feed";

    private const string Bearer = "Bearer ";

    private Error? refusal;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (
            Request.Headers.Authorization.ToString() is not { } header
            || !header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
        )
        {
            return AuthenticateResult.NoResult();
        }

        if ((await tokens.VerifyAsync(header[Bearer.Length..].Trim())).Failed(out refusal, out var identity))
        {
            return AuthenticateResult.Fail(refusal.Detail);
        }

        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Problems
            .From(
                refusal
                    ?? Error.Unauthenticated(
                        "feeds.no-token",
                        "Feeds are for other Hosts, which send a token in the header Authorization: Bearer <token>; "
                            + "see docs/guides/feeds.md."
                    )
            )
            .ExecuteAsync(Context);
}
