using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Host.Telemetry;

/// <summary>
/// Names a request's span as the OpenTelemetry conventions want it, which ASP.NET Core leaves to a package.
/// </summary>
internal static class RequestActivity
{
    public static void UseRequestActivity(this WebApplication app) =>
        app.Use(
            async (context, next) =>
            {
                await next(context);
                if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } activity)
                {
                    return;
                }

                var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
                activity.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
                activity.SetTag("http.request.method", context.Request.Method);
                activity.SetTag("url.path", context.Request.Path.Value);
                activity.SetTag("http.route", route);
                activity.SetTag("http.response.status_code", context.Response.StatusCode);
                if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
                {
                    activity.SetStatus(ActivityStatusCode.Error);
                }
            }
        );
}
