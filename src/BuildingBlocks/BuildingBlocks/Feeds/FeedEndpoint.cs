using System.IO.Compression;
using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Feeds;
using BuildingBlocks.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Feeds;

/// <summary>Where other Hosts read the events of modules of this one. There is none while nobody may.</summary>
public static class FeedEndpoint
{
    private const double LongestWait = 30;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(90);

    /// <summary>Maps <c>GET /feeds/{module}</c>, if <c>Feeds:Readers</c> names anybody.</summary>
    public static void MapFeeds(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<FeedsOptions>().Readers.Count == 0)
        {
            return;
        }

        routes
            .MapGet("/feeds/{module}", AnswerAsync)
            .RequireAuthorization(policy =>
                policy.AddAuthenticationSchemes(FeedSignIn.Scheme).RequireAuthenticatedUser()
            )
            .WithRequestTimeout(TimeLimit)
            .ExcludeFromDescription();
    }

    private static async Task<IResult> AnswerAsync(
        string module,
        long after,
        int limit,
        double wait,
        string? types,
        Guid? last,
        HttpContext http,
        ServedFeeds feeds
    )
    {
        if (feeds.EnsureMayRead(http.User, module).Failed(out var refusal))
        {
            return Problems.From(refusal);
        }

        if (after < 0 || limit is < 1 or > FeedPages.MostEvents || wait is not (>= 0 and <= LongestWait))
        {
            return Problems.From(
                Error.Invalid(
                    "feeds.bad-question",
                    $"after is a number from 0, limit 1 to {FeedPages.MostEvents}, wait 0 to {LongestWait} seconds."
                )
            );
        }

        FeedQuestion question = new(
            module,
            after,
            last,
            (types ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries),
            limit,
            TimeSpan.FromSeconds(wait)
        );
        try
        {
            return new Answered(await feeds.AnswerAsync(http.User.Identity!.Name!, question, http.RequestAborted));
        }
        catch (FeedPrunedException pruned)
        {
            return TypedResults.Problem(
                pruned.Message,
                statusCode: StatusCodes.Status410Gone,
                title: "No longer kept",
                extensions: new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["code"] = "feeds.pruned",
                    ["oldest"] = pruned.Oldest,
                }
            );
        }
        catch (FeedRefusedException refused)
        {
            return Problems.From(Error.Conflict("feeds.other-history", refused.Message));
        }
    }

    private sealed class Answered(FeedAnswer answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var (body, response) = (FeedJson.Write(answer), httpContext.Response);
            response.ContentType = "application/json; charset=utf-8";
            response.Headers.CacheControl = "no-store";
            response.Headers.Vary = "Accept-Encoding";
            if (
                !httpContext
                    .Request.GetTypedHeaders()
                    .AcceptEncoding.Any(one => one.Value == "gzip" && one.Quality is not 0)
            )
            {
                response.ContentLength = body.Length;
                await response.Body.WriteAsync(body, httpContext.RequestAborted);
                return;
            }

            response.Headers.ContentEncoding = "gzip";
            await using GZipStream compressed = new(response.Body, CompressionLevel.Fastest);
            await compressed.WriteAsync(body, httpContext.RequestAborted);
        }
    }
}
