using BuildingBlocks.Web;
using Host.OpenApi;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Host.Http;

/// <summary>What every request passes through, outermost first.</summary>
internal static class HttpPipeline
{
    public static void AddHttpLimits(this WebApplicationBuilder builder)
    {
        foreach (var list in new[] { nameof(HttpOptions.KnownProxies), nameof(HttpOptions.KnownNetworks) })
        {
            // A list in one value, which the binder would pass over, is its first part.
            var key = $"{HttpOptions.Section}:{list}";
            if (builder.Configuration[key] is { } all)
            {
                builder.Configuration[$"{key}:0"] = all;
            }
        }

        builder
            .Services.AddOptions<HttpOptions>()
            .BindConfiguration(HttpOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<HttpOptions>>(Limit);
        builder.AddKnownProxies();
        builder.Services.AddRequestTimeouts();
        builder
            .Services.AddOptions<RequestTimeoutOptions>()
            .Configure<IOptions<HttpOptions>>(
                (timeouts, http) =>
                    timeouts.DefaultPolicy = new()
                    {
                        Timeout = http.Value.RequestTimeout,
                        TimeoutStatusCode = StatusCodes.Status504GatewayTimeout,
                        WriteTimeoutResponse = context =>
                            WebRequests.Answer(context, StatusCodes.Status504GatewayTimeout),
                    }
            );
        builder.Services.AddHsts(hsts => hsts.MaxAge = TimeSpan.FromDays(365));
    }

    public static void UseHttp(this WebApplication app)
    {
        app.UseKnownProxies();
        app.UseRequestCorrelation();
        app.UseSecurityHeaders();
        if (!app.Environment.IsDevelopment())
        {
            // Only on HTTPS requests, and never for localhost.
            app.UseHsts();
        }

        app.UseProblemDetails();
        app.UseApiPages();
        app.UseRouting();
        app.UseRefusalOfUnroutable();
        app.UseRequestTimeouts();
        app.UseAuthentication();
        app.UseCaller();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseRequestInput();
    }

    private static void Limit(KestrelServerOptions kestrel, IOptions<HttpOptions> options)
    {
        var http = options.Value;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = http.MaxBodyBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = http.MaxHeaderBytes;
        kestrel.Limits.RequestHeadersTimeout = http.HeadersTimeout;
        kestrel.Limits.KeepAliveTimeout = http.KeepAliveTimeout;
        kestrel.Limits.MaxConcurrentConnections = http.MaxConnections;
    }
}
