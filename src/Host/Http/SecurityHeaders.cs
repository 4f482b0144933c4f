using Host.OpenApi;
using Microsoft.Net.Http.Headers;

namespace Host.Http;

/// <summary>Headers that keep a browser from doing anything with an answer but reading it.</summary>
internal static class SecurityHeaders
{
    private const string ForData = "default-src 'none'; frame-ancestors 'none'";

    // Swagger UI brings its own scripts, sets styles in line and shows icons as data.
    private const string ForPages =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src "
        + "'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                // A failure clears headers that were set early, so they are set when the answer begins.
                context.Response.OnStarting(() =>
                {
                    Add(
                        context.Response.Headers,
                        context.Request.Path.StartsWithSegments(ApiPages.Path, StringComparison.OrdinalIgnoreCase)
                    );
                    return Task.CompletedTask;
                });
                return next(context);
            }
        );

    private static void Add(IHeaderDictionary headers, bool isPage)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers[HeaderNames.ContentSecurityPolicy] = isPage ? ForPages : ForData;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (!isPage && headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store";
        }
    }
}
