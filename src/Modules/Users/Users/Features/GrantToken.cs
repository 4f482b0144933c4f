using System.Text.Json.Serialization;
using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Users.Features;

/// <summary>
/// Begins or prolongs a session as OAuth 2.0 has it (RFC 6749), for clients that can sign in so by themselves. The
/// tokens are those of POST /users/login and POST /users/refresh.
/// </summary>
/// <param name="GrantType" example="password">
/// password, with username and password; or refresh_token, with refresh_token.
/// </param>
/// <param name="Username" example="customer@example.com">The account's e-mail address.</param>
/// <param name="RefreshToken">Good for one request.</param>
/// <param name="Password" example="the one of the banner">10 to 128 characters.</param>
internal sealed record GrantToken(
    [property: JsonPropertyName("grant_type")] string GrantType,
    string? Username = null,
    string? Password = null,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken = null
)
{
    // A record prints its members, and a log is no place for a password.
    public override string ToString() => nameof(GrantToken);
}

/// <param name="AccessToken">To be sent as <c>Authorization: Bearer</c>; opaque.</param>
/// <param name="TokenType">Bearer.</param>
/// <param name="ExpiresIn">Seconds until the access token stops working.</param>
/// <param name="RefreshToken">Good for one request with grant_type refresh_token.</param>
internal sealed record GrantedToken(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("token_type")] string TokenType,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("refresh_token")] string RefreshToken
)
{
    public override string ToString() => nameof(GrantedToken);
}

/// <summary>Why there is no token, in the form of RFC 6749, section 5.2.</summary>
/// <param name="Error">invalid_request, invalid_grant or unsupported_grant_type.</param>
/// <param name="ErrorDescription">For a person: what is wrong and what to do about it.</param>
internal sealed record TokenRefusal(
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("error_description")] string ErrorDescription
);

internal sealed class GrantTokenEndpoint : IEndpoint
{
    private const string InvalidRequest = "invalid_request";

    // Others that clients send are left alone, as the RFC has it.
    private static readonly string[] Parameters = ["grant_type", "username", "password", "refresh_token"];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/users/token", (HttpRequest http, Sender sender, CancellationToken ct) =>
                AnswerAsync(http, sender, ct)
            )
            .AllowAnonymous()
            .RequireRateLimiting(RateLimits.SignIn)
            .GrantsTokens(typeof(GrantToken));

    private static async Task<Results<Ok<GrantedToken>, BadRequest<TokenRefusal>>> AnswerAsync(
        HttpRequest http,
        Sender sender,
        CancellationToken cancellationToken
    )
    {
        http.HttpContext.Response.Headers.Pragma = "no-cache"; // demanded by the RFC beside Cache-Control
        if (await ReadAsync(http, cancellationToken) is not { } form)
        {
            return Refused(InvalidRequest, "Send a form, application/x-www-form-urlencoded, with fewer parameters.");
        }

        if (Array.Find(Parameters, name => form[name].Count > 1) is { } twice)
        {
            return Refused(InvalidRequest, $"{twice} is given more than once.");
        }

        return Field(form, "grant_type") switch
        {
            "password" when (Field(form, "username"), Field(form, "password")) is ({ } username, { } password) =>
                Answer(
                    await sender.Send(
                        new SignIn(username, password) { Device = http.Headers.UserAgent },
                        cancellationToken
                    )
                ),
            "password" => Refused(
                InvalidRequest,
                "The grant_type password needs username, which is the e-mail address, and password."
            ),
            "refresh_token" when Field(form, "refresh_token") is { } token => Answer(
                await sender.Send(new RefreshSession(token), cancellationToken)
            ),
            "refresh_token" => Refused(InvalidRequest, "The grant_type refresh_token needs refresh_token."),
            null => Refused(
                InvalidRequest,
                "Send grant_type=password with username and password, or grant_type=refresh_token with refresh_token."
            ),
            _ => Refused(
                "unsupported_grant_type",
                "Send grant_type password or refresh_token; there are no others here."
            ),
        };
    }

    /// <summary>The form, or null when it is none or cannot be read.</summary>
    private static async Task<IFormCollection?> ReadAsync(HttpRequest http, CancellationToken cancellationToken)
    {
        if (!http.HasFormContentType)
        {
            return null;
        }

        try
        {
            return await http.ReadFormAsync(cancellationToken);
        }
        catch (Exception unreadable)
            when (unreadable is InvalidDataException or IOException and not BadHttpRequestException)
        {
            // No form, or one that ends before its end.
            return null;
        }
    }

    // By the RFC, a parameter without a value counts as left out.
    private static string? Field(IFormCollection form, string name) =>
        form[name].ToString() is { Length: > 0 } value ? value : null;

    private static Results<Ok<GrantedToken>, BadRequest<TokenRefusal>> Answer(Result<SignedIn> outcome)
    {
        if (outcome.Failed(out var refusal, out var signedIn))
        {
            var faults = refusal
                .Fields.SelectMany(field => field.Value)
                .Prepend(refusal.Detail)
                .Distinct(StringComparer.Ordinal);
            var error = refusal.Kind == ErrorKind.Unauthenticated ? "invalid_grant" : InvalidRequest;
            return Refused(error, string.Join(' ', faults));
        }

        return TypedResults.Ok(
            new GrantedToken(signedIn.AccessToken, "Bearer", signedIn.ExpiresIn, signedIn.RefreshToken)
        );
    }

    private static BadRequest<TokenRefusal> Refused(string error, string description) =>
        TypedResults.BadRequest(new TokenRefusal(error, description));
}
