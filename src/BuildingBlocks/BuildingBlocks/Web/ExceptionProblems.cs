using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using BuildingBlocks.Application;
using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Storage;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuildingBlocks.Web;

/// <summary>
/// Answers what was thrown instead of returned with problem details. Requests that could not be read are the caller's
/// to mend; an unreachable database is worth another try; everything else is a bug, of which the caller learns only the
/// trace id and the log everything.
/// </summary>
internal sealed partial class ExceptionProblems(
    IHostApplicationLifetime lifetime,
    OutageLog outages,
    ILogger<ExceptionProblems> logger
) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            // The client has left, so no answer is written.
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        if (exception is OperationCanceledException && lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Nobody's fault: what could not finish before the Host stops is to be asked of another.
            httpContext.Response.Headers.Connection = "close";
            await WebRequests.Answer(httpContext, StatusCodes.Status503ServiceUnavailable);
            return true;
        }

        if (await LostRightsAsync(exception, httpContext) is var (module, lost))
        {
            outages.Unwell($"Module {module}", lost);
            await TypedResults.Problem(Problems.DetailsOf(HttpErrors.DatabaseUnavailable)).ExecuteAsync(httpContext);
            return true;
        }

        var problem = exception is BadHttpRequestException refused
            ? OfUnreadable(refused, httpContext)
            : OfFailure(exception);
        if (problem.Status == StatusCodes.Status408RequestTimeout)
        {
            // The rest of the body is not waited for.
            httpContext.Response.Headers.Connection = "close";
        }

        if (problem.Status >= StatusCodes.Status500InternalServerError)
        {
            Log(problem, exception, httpContext);
        }

        await TypedResults.Problem(problem).ExecuteAsync(httpContext);
        return true;
    }

    private static ProblemDetails OfUnreadable(BadHttpRequestException exception, HttpContext context)
    {
        if (exception.StatusCode != StatusCodes.Status400BadRequest)
        {
            return HttpErrors.OfStatus(exception.StatusCode);
        }

        if (exception.InnerException is JsonException json)
        {
            return Problems.DetailsOf(JsonFaults.Of(json));
        }

        if (Parameter().Match(exception.Message) is not { Success: true } parameter)
        {
            return HttpErrors.OfStatus(exception.StatusCode);
        }

        if (
            exception.Message.EndsWith("from body.", StringComparison.Ordinal)
            || exception.Message.StartsWith("Implicit body", StringComparison.Ordinal)
        )
        {
            return Problems.DetailsOf(HttpErrors.MissingBody);
        }

        var name = parameter.Groups["name"].Value;
        var missing = exception.Message.StartsWith("Required", StringComparison.Ordinal);
        var fault = missing ? "is missing" : ExpectationOf(name, context);
        return Problems.DetailsOf((HttpErrors.InvalidParameter with { Detail = $"'{name}' {fault}." }).At(name));
    }

    private static string ExpectationOf(string name, HttpContext context) =>
        context.Features.Get<IExceptionHandlerFeature>()?.Endpoint is RouteEndpoint endpoint
            ? EndpointInput.Of(endpoint).ExpectationOf(name, context.RequestServices)
            : "has no valid value";

    /// <summary>Which rights the endpoint's module has lost, when that may be why it failed.</summary>
    private async Task<(string Module, string Rights)?> LostRightsAsync(Exception exception, HttpContext context)
    {
        if (
            !ModuleRights.MayExplain(exception)
            || context.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.Metadata.GetMetadata<EndpointModule>()
                is not { Name: var module }
        )
        {
            return null;
        }

        try
        {
            await using var connection = await context
                .RequestServices.GetRequiredService<ModuleDataSources>()
                .Of(module)
                .OpenConnectionAsync(context.RequestAborted);
            return await ModuleRights.FindMissingAsync(connection, module, context.RequestAborted) is { } lost
                ? (module, lost)
                : null;
        }
        catch (NpgsqlException unavailable)
        {
            outages.FailedOnce("A request", unavailable);
            return null;
        }
    }

    private static ProblemDetails OfFailure(Exception exception)
    {
        if (
            Causes
                .Of(exception)
                .Any(cause =>
                    cause
                        is EncoderFallbackException
                            or PostgresException
                            {
                                SqlState: PostgresErrorCodes.CharacterNotInRepertoire
                                    or PostgresErrorCodes.UntranslatableCharacter,
                            }
                )
        )
        {
            return Problems.DetailsOf(HttpErrors.InvalidText);
        }

        return DatabaseFault.Of(exception)?.Kind switch
        {
            DatabaseFaultKind.Conflict => Problems.DetailsOf(RequestErrors.ChangedMeanwhile),
            DatabaseFaultKind.Unavailable => Problems.DetailsOf(HttpErrors.DatabaseUnavailable),
            _ => HttpErrors.OfStatus(StatusCodes.Status500InternalServerError),
        };
    }

    private void Log(ProblemDetails problem, Exception exception, HttpContext context)
    {
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            outages.FailedOnce("A request", exception);
        }
        else
        {
            LogFailure(context.Request.Method, context.Request.Path, exception);
        }
    }

    // ASP.NET Core names the parameter only in its message: Failed to bind parameter "Guid id" from "x".
    [GeneratedRegex(@"parameter ""[^""]*?(?<name>\w+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailure(string method, string path, Exception exception);
}
