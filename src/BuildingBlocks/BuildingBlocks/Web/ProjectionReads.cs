using System.Globalization;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Freshness;
using BuildingBlocks.EventLog.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Web;

/// <summary>
/// Marks an endpoint whose answer comes from what events have brought, and so may be a little behind.
/// </summary>
public sealed class ProjectionRead
{
    /// <summary>The header of the answer: the time as of which it is current, ISO 8601 in UTC.</summary>
    public const string AsOfHeader = "Data-As-Of";

    /// <summary>The header of the request: tokens that commands answered, whose effects the answer must show.</summary>
    public const string TokenHeader = RequestCorrelation.TokenHeader;

    internal static ProjectionRead Instance { get; } = new();
}

/// <summary>The module an endpoint was found in.</summary>
internal sealed record EndpointModule(string Name);

/// <summary>Reads from projections.</summary>
public static class ProjectionReads
{
    /// <summary>
    /// Answers carry <see cref="ProjectionRead.AsOfHeader"/>; a request that sends a <c>Consistency-Token</c> waits
    /// until its effects can be seen, and is answered 503 with Retry-After when that takes longer than
    /// <see cref="EventLogOptions.CatchUpTimeLimit"/>.
    /// </summary>
    public static RouteHandlerBuilder ReadsProjection(this RouteHandlerBuilder endpoint)
    {
        endpoint
            .WithMetadata(ProjectionRead.Instance)
            .Refuses(HttpErrors.InvalidConsistencyToken, HttpErrors.NotYetApplied);
        return endpoint.AddEndpointFilter(AnswerAsync);
    }

    private static async ValueTask<object?> AnswerAsync(
        EndpointFilterInvocationContext invocation,
        EndpointFilterDelegate next
    )
    {
        var (context, services) = (invocation.HttpContext, invocation.HttpContext.RequestServices);
        var module = context.GetEndpoint()!.Metadata.GetRequiredMetadata<EndpointModule>().Name;
        if (context.Request.Headers[ProjectionRead.TokenHeader].ToString() is { Length: > 0 } header)
        {
            if (!ConsistencyToken.TryParseList(header, out var tokens))
            {
                return Problems.From(HttpErrors.InvalidConsistencyToken);
            }

            var catchUp = services.GetRequiredService<CatchUp>();
            foreach (var token in tokens)
            {
                if (!await catchUp.With(module, token, context.RequestAborted))
                {
                    return Problems.From(HttpErrors.NotYetApplied);
                }
            }
        }

        // Asked before the answer is read: the answer is at least as current as it says.
        if (services.GetRequiredService<ModuleFreshness>().AsOf(module) is { } asOf)
        {
            context.Response.Headers[ProjectionRead.AsOfHeader] = asOf.UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
                CultureInfo.InvariantCulture
            );
        }

        return await next(invocation);
    }
}
