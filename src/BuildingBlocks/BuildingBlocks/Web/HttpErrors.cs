using BuildingBlocks.Application;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace BuildingBlocks.Web;

/// <summary>Refusals that the web server makes before, after or instead of a use case.</summary>
internal static class HttpErrors
{
    public static Error Unauthenticated { get; } =
        Error.Unauthenticated(
            "request.unauthenticated",
            "Send a valid access token in the header Authorization: Bearer <token>; POST /users/login gives one."
        );

    public static Error NobodySignsIn { get; } =
        Error.Unauthenticated(
            "request.unauthenticated",
            "No module that signs callers in runs in this Host (Modules:Enabled), so this address answers nobody "
                + "here. Ask a Host that has one."
        );

    public static Error Forbidden { get; } = Error.Forbidden("request.forbidden", "This account may not do that.");

    public static Error NotFound { get; } =
        Error.NotFound("request.not-found", "There is nothing at this address; /openapi/v1.json lists what there is.");

    public static Error DatabaseUnavailable { get; } =
        Error.Unavailable(
            "request.database-unavailable",
            "The database cannot be used at the moment. Nothing was changed; repeat the request a little later."
        );

    public static Error InvalidText { get; } =
        Error.Invalid(
            "request.invalid-text",
            "The request holds text that cannot be stored (NUL, half a surrogate pair, no UTF-8) or cannot be seen."
        );

    public static ProblemDetails UnsupportedCharset =>
        Details(
            StatusCodes.Status415UnsupportedMediaType,
            "Unsupported media type",
            "request.unsupported-charset",
            "Send the body as UTF-8; the charset may be left out."
        );

    /// <param name="types">The media types that are taken.</param>
    public static ProblemDetails UnsupportedForm(IEnumerable<string> types) =>
        Details(
            StatusCodes.Status415UnsupportedMediaType,
            "Unsupported media type",
            "request.unsupported-media-type",
            $"Send a form, with the header Content-Type: {string.Join(" or ", types)}."
        );

    public static Error InvalidConsistencyToken { get; } =
        Error.Invalid(
            "request.invalid-consistency-token",
            "The header Consistency-Token holds something else than one to ten tokens, separated by commas. Send back "
                + "what a command answered in it, such as orders:1234."
        );

    public static Error NotYetApplied { get; } =
        Error.Unavailable(
            "request.not-yet-applied",
            "What the Consistency-Token stands for cannot be seen here yet. Repeat the request a little later, or "
                + "leave the token out to read what there is."
        );

    public static Error MissingBody { get; } = Error.Invalid("request.missing-body", "This request needs a JSON body.");

    public static Error InvalidParameter { get; } =
        Error.Invalid(
            "request.invalid-parameter",
            "A parameter of the address or a header is missing or has no valid value; see errors."
        );

    public static Error UnknownParameter { get; } =
        Error.Invalid("request.unknown-parameter", "The address has a parameter that there is not here; see errors.");

    public static Error UnknownMember { get; } =
        Error.Invalid("request.unknown-member", "The body has a member that there is not here; see errors.");

    public static Error UnknownValue { get; } =
        Error.Invalid("request.unknown-value", "Something is none of the values that it can have; see errors.");

    public static Error InvalidJson { get; } =
        Error.Invalid(
            "request.invalid-json",
            "The body is no valid JSON, or something in it is not what belongs there."
        );

    /// <summary>The body of an answer whose status the web server decided on and gave no body.</summary>
    public static ProblemDetails OfStatus(int status) =>
        status switch
        {
            StatusCodes.Status401Unauthorized => Problems.DetailsOf(Unauthenticated),
            StatusCodes.Status403Forbidden => Problems.DetailsOf(Forbidden),
            StatusCodes.Status404NotFound => Problems.DetailsOf(NotFound),
            StatusCodes.Status405MethodNotAllowed => Details(
                status,
                "Method not allowed",
                "request.method-not-allowed",
                "This address does not answer that method; the header Allow lists those it answers."
            ),
            StatusCodes.Status408RequestTimeout => Details(
                status,
                "Request came too slowly",
                "request.too-slow",
                "The request did not arrive in time. Send it again."
            ),
            StatusCodes.Status413PayloadTooLarge => Details(
                status,
                "Request too large",
                "request.too-large",
                "The body is larger than this server takes (Http:MaxBodyBytes)."
            ),
            StatusCodes.Status415UnsupportedMediaType => Details(
                status,
                "Unsupported media type",
                "request.unsupported-media-type",
                "Send JSON, with the header Content-Type: application/json; where a form is taken, the form's media "
                    + "type."
            ),
            StatusCodes.Status429TooManyRequests => Details(
                status,
                "Too many requests",
                "request.too-many",
                "Too many requests came from this account or address. Wait as long as the header Retry-After says."
            ),
            StatusCodes.Status431RequestHeaderFieldsTooLarge => Details(
                status,
                "Headers too large",
                "request.headers-too-large",
                "The request's headers are larger than this server takes."
            ),
            StatusCodes.Status503ServiceUnavailable => Details(
                status,
                "Not available now",
                "request.unavailable",
                "Repeat the request a little later."
            ),
            StatusCodes.Status504GatewayTimeout => Details(
                status,
                "Took too long",
                "request.timed-out",
                "The request took longer than this server allows (Http:RequestTimeout). It may have been carried out."
            ),
            >= 400 and < 500 => Details(
                status,
                "The request is invalid",
                "request.invalid-http",
                "The request could not be understood."
            ),
            _ => Details(
                status,
                "Something went wrong here",
                "request.failed",
                "This is a fault of the server. Quote the trace id when you report it."
            ),
        };

    public static string InvalidTextAt(string place) =>
        $"{Quoted(place)} holds text that cannot be stored: a NUL character, half a surrogate pair, or no UTF-8.";

    public static string InvisibleTextAt(string place) =>
        $"{Quoted(place)} holds characters, but none that can be seen.";

    public static string NamelessParameter => "The query has a parameter without a name; leave it out.";

    public static string GivenTwiceAt(string place) => $"{Quoted(place)} is given more than once.";

    /// <param name="place">Where something stands that there is not.</param>
    /// <param name="known">What there is.</param>
    public static string NoneOf(string place, IEnumerable<string> known) =>
        string.Join(", ", known) is { Length: > 0 } names
            ? $"{Quoted(place)} is not known here; there are {names}."
            : $"{Quoted(place)} is not known here; there are none.";

    public static string MustBeOneOf(string place, IEnumerable<string> values) =>
        $"{Quoted(place)} must be one of {string.Join(", ", values)}.";

    private static string Quoted(string place) => place.Length == 0 ? "The body" : $"'{place}'";

    // The kind matters only where a status is derived from it; here the status came first.
    private static ProblemDetails Details(int status, string title, string code, string detail) =>
        Problems.Details(status, title, Error.Invalid(code, detail));
}
