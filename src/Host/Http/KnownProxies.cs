using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace Host.Http;

/// <summary>
/// Lets those proxies, and nobody else, say who a client is: what X-Forwarded-For and X-Forwarded-Proto hold is taken
/// from known proxies only, hop by hop, and up to the first address that is none of them.
/// </summary>
internal static partial class KnownProxies
{
    // What ASPNETCORE_FORWARDEDHEADERS_ENABLED is in the configuration; it has ASP.NET Core read the headers itself.
    private const string Switch = "ForwardedHeaders_Enabled";

    public static void AddKnownProxies(this WebApplicationBuilder builder) =>
        builder
            .Services.AddOptions<ForwardedHeadersOptions>()
            .PostConfigure<IOptions<HttpOptions>, IConfiguration, ILoggerFactory>(
                (forwarded, http, configuration, loggers) =>
                {
                    var (proxies, networks) = (http.Value.Proxies, http.Value.Networks);
                    forwarded.KnownProxies.Clear();
                    forwarded.KnownIPNetworks.Clear();
                    if (proxies.Count + networks.Count == 0)
                    {
                        // With empty lists the headers would be believed from any sender.
                        forwarded.ForwardedHeaders = ForwardedHeaders.None;
                        if (IsOn(configuration))
                        {
                            LogNobodyKnown(loggers.CreateLogger(typeof(KnownProxies)));
                        }

                        return;
                    }

                    forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
                    forwarded.ForwardLimit = http.Value.ForwardLimit;
                    foreach (var proxy in proxies)
                    {
                        forwarded.KnownProxies.Add(proxy);
                    }

                    foreach (var network in networks)
                    {
                        forwarded.KnownIPNetworks.Add(network);
                    }
                }
            );

    public static void UseKnownProxies(this WebApplication app)
    {
        if (!IsOn(app.Configuration))
        {
            app.UseForwardedHeaders();
        }
    }

    private static bool IsOn(IConfiguration configuration) =>
        string.Equals(configuration[Switch], "true", StringComparison.OrdinalIgnoreCase);

    [LoggerMessage(
        LogLevel.Warning,
        "ASPNETCORE_FORWARDEDHEADERS_ENABLED is on, but no proxy is known: X-Forwarded-For is ignored, and rate "
            + "limits count "
            + "the proxy as one client. Name your proxies with Http:KnownProxies or Http:KnownNetworks."
    )]
    private static partial void LogNobodyKnown(ILogger logger);
}
