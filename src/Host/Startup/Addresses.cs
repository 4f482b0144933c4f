using System.Net;
using System.Net.Sockets;
using BuildingBlocks.EventLog.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Host.Startup;

/// <summary>Where the Host listens.</summary>
internal static class Addresses
{
    private const string Default = "http://localhost:5080";
    private const int FirstUnprivilegedPort = 1024;

    /// <summary>Sets the default address unless any of ASP.NET Core's own settings says where to listen.</summary>
    public static void UseDefaultAddress(this WebApplicationBuilder builder)
    {
        string[] own = ["urls", "http_ports", "https_ports"];
        if (
            Array.TrueForAll(own, key => string.IsNullOrEmpty(builder.Configuration[key]))
            && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists()
        )
        {
            builder.WebHost.UseUrls(Default);
        }
    }

    /// <summary>
    /// Tries the ports before anything else is touched, so that a second Host beside a running one changes nothing.
    /// </summary>
    /// <exception cref="StartupException">A port is taken, or an address cannot be read.</exception>
    public static void EnsureFree(IConfiguration configuration)
    {
        foreach (var address in Parts(configuration["urls"]))
        {
            var url = Parse(address);
            if (url.IsUnixPipe || url.Port == 0)
            {
                continue;
            }

            try
            {
                using TcpListener probe = new(ListensOn(url.Host), url.Port);
                probe.ExclusiveAddressUse = true;
                probe.Start();
            }
            catch (SocketException failure)
            {
                throw new StartupException(Explain(failure, address, url.Port), failure);
            }
        }
    }

    /// <summary>The addresses of a Host that listens, as a browser on this machine takes them.</summary>
    public static IReadOnlyList<string> Of(WebApplication app) =>
        [
            .. app
                .Services.GetRequiredService<IServer>()
                .Features.GetRequiredFeature<IServerAddressesFeature>()
                .Addresses.Select(Reachable),
        ];

    /// <summary>The first address that a Host with these settings listens on.</summary>
    /// <exception cref="StartupException">It cannot be reached by HTTP.</exception>
    public static Uri FirstOf(IConfiguration configuration)
    {
        string[] addresses =
        [
            .. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? ""),
            .. Parts(configuration["urls"]),
            .. Parts(configuration["http_ports"]).Select(port => $"http://+:{port}"),
            .. Parts(configuration["https_ports"]).Select(port => $"https://+:{port}"),
            Default,
        ];

        // By number, because a container may have no file of names.
        var listened = Reachable(addresses.First(address => address.Length > 0))
            .Replace("//localhost:", "//127.0.0.1:", StringComparison.OrdinalIgnoreCase);
        return Uri.TryCreate(listened, UriKind.Absolute, out var address)
            ? address
            : throw new StartupException($"'{listened}' is no address that can be asked for its health.");
    }

    public static string InUse(string what) =>
        $"{what} Stop what listens there, or choose another address with --urls or ASPNETCORE_URLS.";

    private static string[] Parts(string? list) =>
        (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Explain(SocketException failure, string address, int port) =>
        failure.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => InUse($"The port of {address} is in use."),
            SocketError.AccessDenied when port < FirstUnprivilegedPort =>
                $"Ports below {FirstUnprivilegedPort}, such as that of {address}, need special rights. Choose another "
                    + "with --urls or ASPNETCORE_URLS.",
            _ => $"The Host cannot listen on {address}: {failure.Message}. Choose another address with --urls or "
                + "ASPNETCORE_URLS.",
        };

    private static BindingAddress Parse(string address)
    {
        try
        {
            return BindingAddress.Parse(address);
        }
        catch (FormatException)
        {
            throw new StartupException(
                $"'{address}' is no address to listen on. Give --urls or ASPNETCORE_URLS one such as "
                    + "http://localhost:5080."
            );
        }
    }

    private static IPAddress ListensOn(string host) =>
        host switch
        {
            "localhost" => IPAddress.Loopback,
            _ when IPAddress.TryParse(host.Trim('[', ']'), out var given) => given,
            // Kestrel takes every other name for all addresses, and so do we.
            _ => IPAddress.IPv6Any,
        };

    private static string Reachable(string address) =>
        address
            .Replace("//[::]:", "//localhost:", StringComparison.Ordinal)
            .Replace("//0.0.0.0:", "//localhost:", StringComparison.Ordinal)
            .Replace("//+:", "//localhost:", StringComparison.Ordinal)
            .Replace("//*:", "//localhost:", StringComparison.Ordinal);
}
