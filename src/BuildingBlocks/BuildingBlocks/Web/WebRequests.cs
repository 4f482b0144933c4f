using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BuildingBlocks.Web;

/// <summary>
/// What every web application of modules needs around their endpoints: JSON, problem details, correlation, the caller.
/// </summary>
public static class WebRequests
{
    private const string RetryAfterSeconds = "2";

    /// <summary>
    /// Adds what <see cref="UseRequestCorrelation"/>, <see cref="UseProblemDetails"/>, <see cref="UseCaller"/> and
    /// <see cref="UseRequestInput"/> need, and policies by role.
    /// </summary>
    public static IServiceCollection AddWebRequests(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => Configure(json.SerializerOptions));
        // An unreadable request is answered with our problem details in every environment.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.TryAddSingleton<OutageLog>();
        services.AddExceptionHandler<ExceptionProblems>();
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = Complete);
        services
            .AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, NoSignIn>(NoSignIn.Name, configureOptions: null);
        services.PostConfigure<AuthenticationOptions>(sign => sign.DefaultScheme ??= NoSignIn.Name);
        services
            .AddAuthorizationBuilder()
            .AddPolicy(Policies.Customer, policy => policy.RequireAuthenticatedUser())
            .AddPolicy(Policies.Moderator, policy => policy.RequireRole(Roles.Moderator, Roles.Admin))
            .AddPolicy(Policies.Admin, policy => policy.RequireRole(Roles.Admin))
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        return services;
    }

    /// <summary>
    /// Begins a correlation for each request. First in the pipeline, so that every answer carries its id.
    /// </summary>
    public static IApplicationBuilder UseRequestCorrelation(this IApplicationBuilder app) =>
        app.UseMiddleware<RequestCorrelation>();

    /// <summary>Makes every refusal and failure that comes from further down the pipeline problem details.</summary>
    public static IApplicationBuilder UseProblemDetails(this IApplicationBuilder app) =>
        app.UseExceptionHandler()
            .UseStatusCodePages(pages => Answer(pages.HttpContext, pages.HttpContext.Response.StatusCode));

    /// <summary>
    /// Answers what no endpoint will take: unknown addresses, methods and media types. After routing and before
    /// authorization, for which it is of no interest who asks.
    /// </summary>
    public static IApplicationBuilder UseRefusalOfUnroutable(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
                context.GetEndpoint() switch
                {
                    null => Answer(context, StatusCodes.Status404NotFound),
                    RouteEndpoint => next(context),
                    // Routing found the address but not the method or media type; such an endpoint only sets a status
                    // and headers.
                    { RequestDelegate: { } refuse } => refuse(context),
                    _ => next(context),
                }
        );

    /// <summary>Fills in the <see cref="Caller"/> of the request's scope. After authentication.</summary>
    public static IApplicationBuilder UseCaller(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                if (context.User.Identity is { IsAuthenticated: true })
                {
                    context.RequestServices.GetRequiredService<Caller>().SignedIn(context.User);
                }

                return next(context);
            }
        );

    /// <summary>
    /// Receives requests before their endpoints do, and refuses what those would pass over or the database could not
    /// take. After authorization and the time limit of requests.
    /// </summary>
    public static IApplicationBuilder UseRequestInput(this IApplicationBuilder app) =>
        app.UseMiddleware<RequestInput>();

    /// <summary>Whether a module of this Host signs callers in.</summary>
    public static async Task<bool> SignsInAsync(IServiceProvider services) =>
        (await services.GetRequiredService<IAuthenticationSchemeProvider>().GetDefaultChallengeSchemeAsync())?.Name
            is not (null or NoSignIn.Name);

    /// <summary>
    /// Answers with the problem details that belong to a status, for middleware that refuses a request.
    /// </summary>
    public static Task Answer(HttpContext context, int status) =>
        TypedResults.Problem(HttpErrors.OfStatus(status)).ExecuteAsync(context);

    private static void Configure(JsonSerializerOptions json)
    {
        json.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.AllowDuplicateProperties = false;
        json.Converters.Add(new InstantConverter());
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        // Answers are never embedded in a page, so letters and quotation marks can stay readable.
        json.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
    }

    private static void Complete(ProblemDetailsContext problem)
    {
        problem.ProblemDetails.Extensions["traceId"] = Activity.Current?.TraceId.ToHexString()
            ?? problem.HttpContext.TraceIdentifier;
        if (
            problem.ProblemDetails.Status == StatusCodes.Status503ServiceUnavailable
            && problem.HttpContext.Response.Headers.RetryAfter.Count == 0
        )
        {
            problem.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
        }
    }
}
