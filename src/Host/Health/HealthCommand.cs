using System.Globalization;
using System.Net;
using System.Text.Json;
using BuildingBlocks.EventLog.Hosting;
using Host.Startup;

namespace Host.Health;

/// <summary>
/// Asks the Host that runs beside it how it is, for container engines, whose images have no shell and no curl.
/// </summary>
internal static class HealthCommand
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(4);

    /// <summary>Answers by ending well, or not.</summary>
    /// <param name="settings">The arguments that are settings.</param>
    /// <param name="readiness">Whether to ask for <c>/health/ready</c> instead of <c>/health/live</c>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="StartupException">Nobody answers there, or the Host is unhealthy.</exception>
    public static async Task RunAsync(string[] settings, bool readiness, CancellationToken cancellationToken)
    {
        Uri page = new(AddressOf(settings), readiness ? "/health/ready" : "/health/live");

        // A proxy from the environment is for the way out.
        using SocketsHttpHandler handler = new() { UseProxy = false, AllowAutoRedirect = false };
        using HttpClient client = new(handler) { Timeout = TimeLimit };
        try
        {
            using var answer = await client.GetAsync(page, cancellationToken);
            if (answer.StatusCode is not HttpStatusCode.OK)
            {
                throw new StartupException(
                    $"{page} answers {((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture)}."
                );
            }

            await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
            using var health = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            await Terminal.Output.WriteLineAsync($"{page} {health.RootElement.GetProperty("status")}");
        }
        catch (HttpRequestException silent)
        {
            throw new StartupException($"{page} does not answer: {silent.Message}", silent);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StartupException($"{page} has not answered within {TimeLimit.TotalSeconds:0} s.", late);
        }
    }

    /// <summary>The first address of the Host with the same settings, as it is reached from the same machine.</summary>
    private static Uri AddressOf(string[] settings) =>
        Addresses.FirstOf(
            new ConfigurationBuilder()
                .AddEnvironmentVariables("DOTNET_")
                .AddEnvironmentVariables("ASPNETCORE_")
                .AddEnvironmentVariables()
                .AddCommandLine(settings)
                .Build()
        );
}
