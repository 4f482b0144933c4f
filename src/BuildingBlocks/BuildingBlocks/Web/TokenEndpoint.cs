using BuildingBlocks.Application;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BuildingBlocks.Web;

/// <summary>
/// Marks the endpoint that gives access tokens for a password as OAuth 2.0 has it (RFC 6749, section 4.3). It reads its
/// form itself, because what is wrong with one is refused in that RFC's own shape; OpenAPI names it as the way to sign
/// in.
/// </summary>
/// <param name="Form">Describes the form.</param>
public sealed record TokenEndpoint(Type Form);

/// <summary>Declares where tokens are given.</summary>
public static class TokenEndpoints
{
    /// <summary>Marks an endpoint as <see cref="TokenEndpoint"/>; one in a Host.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="form">A record whose properties are the fields of the form.</param>
    public static TBuilder GrantsTokens<TBuilder>(this TBuilder endpoint, Type form)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new TokenEndpoint(form));

    /// <summary>Answers a request whose form cannot be read, in the form of the RFC's section 5.2.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="refusal">What is wrong with it, by parameter.</param>
    internal static Task RefuseAsync(HttpContext context, Error refusal) =>
        TypedResults
            .Json(
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["error"] = "invalid_request",
                    ["error_description"] = Plain(
                        string.Join(' ', refusal.Fields.SelectMany(field => field.Value))
                            + " Send the parameters in the form, and none in the address."
                    ),
                },
                statusCode: StatusCodes.Status400BadRequest
            )
            .ExecuteAsync(context);

    /// <summary>The letters that the RFC has in descriptions.</summary>
    private static string Plain(string text) =>
        string.Concat(text.Select(letter => letter is >= ' ' and <= '~' and not ('"' or '\\') ? letter : '?'));
}
