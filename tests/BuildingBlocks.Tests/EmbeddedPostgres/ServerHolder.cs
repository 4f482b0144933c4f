using System.Diagnostics;
using System.Globalization;
using BuildingBlocks.EmbeddedPostgres;

namespace BuildingBlocks.Tests.EmbeddedPostgres;

/// <summary>A process that has a server, to be killed: this very assembly, told to run nothing but the method below.</summary>
public sealed class ServerHolder
{
    private const string Folder = "EMBEDDED_POSTGRES_TEST_HOLD";

    /// <summary>Starts the process. As soon as it has its server, the file <c>held</c> tells the server's process id.</summary>
    internal static Process Start(TemporaryFolder folder)
    {
        var method = $"{typeof(ServerHolder).FullName}.{nameof(Holds_a_server_until_it_is_killed)}";
        var start = new ProcessStartInfo("dotnet", [typeof(ServerHolder).Assembly.Location, "-explicit", "only", "-method", method])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Folder] = folder.Path;
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    [Fact(Explicit = true)]
    public async Task Holds_a_server_until_it_is_killed()
    {
        var folder = Environment.GetEnvironmentVariable(Folder).ShouldNotBeNull();
        var options = new EmbeddedPostgresOptions { DataDirectory = Path.Combine(folder, "data"), Durable = false };
        var server = await Servers.StartAsync(options);

        // Renamed when complete, so that nobody reads half of it.
        var held = Path.Combine(folder, "held");
        await File.WriteAllTextAsync(held + ".new", server.ProcessId.ToString(CultureInfo.InvariantCulture), TestContext.Current.CancellationToken);
        File.Move(held + ".new", held);
        await Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
    }
}
