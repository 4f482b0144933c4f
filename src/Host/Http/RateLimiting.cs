using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;
using BuildingBlocks.Web;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Host.Http;

/// <summary>How many requests one account or address may send.</summary>
internal sealed class RateLimitsOptions
{
    public const string Section = "RateLimits";

    /// <summary>Requests a second in the long run, for an account or, when nobody is signed in, an address.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; set; } = 1_000;

    /// <summary>Requests that may come at once after a quiet time.</summary>
    [Range(1, 1_000_000)]
    public int Burst { get; set; } = 2_000;

    /// <summary>Tries to sign in or sign up a minute, for an address.</summary>
    [Range(1, 1_000_000)]
    public int SignInsPerMinute { get; set; } = 300;
}

/// <summary>
/// A generous limit for everybody and a tight one for tries at passwords; past either the answer is 429 with
/// Retry-After.
/// </summary>
internal static class RateLimiting
{
    private const int SegmentsPerMinute = 6;
    private const int NetworkBytesOfIPv6 = 8;

    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<RateLimitsOptions>()
            .BindConfiguration(RateLimitsOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddRateLimiter(_ => { });
        builder
            .Services.AddOptions<RateLimiterOptions>()
            .Configure<IOptions<RateLimitsOptions>>((limiter, limits) => Configure(limiter, limits.Value));
    }

    private static void Configure(RateLimiterOptions limiter, RateLimitsOptions limits)
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            RateLimitPartition.GetTokenBucketLimiter(
                context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? AddressOf(context),
                _ =>
                    new()
                    {
                        TokenLimit = limits.Burst,
                        TokensPerPeriod = limits.RequestsPerSecond,
                        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                    }
            )
        );
        limiter.AddPolicy(RateLimits.SignIn, context =>
            RateLimitPartition.GetSlidingWindowLimiter(AddressOf(context), _ => new()
                {
                    PermitLimit = limits.SignInsPerMinute,
                    Window = TimeSpan.FromMinutes(1),
                    SegmentsPerWindow = SegmentsPerMinute,
                })
        );
        limiter.OnRejected = async (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var known)
                ? known
                : TimeSpan.FromSeconds(1);
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(Math.Max(1, wait.TotalSeconds))
                .ToString(CultureInfo.InvariantCulture);
            await WebRequests.Answer(rejected.HttpContext, StatusCodes.Status429TooManyRequests);
        };
    }

    /// <summary>
    /// The client's address; of IPv6 only the network, because one client has a whole network of them.
    /// </summary>
    private static string AddressOf(HttpContext context) =>
        context.Connection.RemoteIpAddress switch
        {
            null => "unknown",
            { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
            { AddressFamily: AddressFamily.InterNetworkV6 } address => new IPAddress([
                .. address.GetAddressBytes()[..NetworkBytesOfIPv6],
                .. new byte[8],
            ]).ToString(),
            var address => address.ToString(),
        };
}
