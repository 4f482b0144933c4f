using System.Diagnostics;
using System.Globalization;
using BuildingBlocks.EmbeddedPostgres;

namespace BuildingBlocks.Tests.EmbeddedPostgres;

/// <summary>A process that has a server, to be killed: this very assembly, run as a program.</summary>
internal static class ServerHolder
{
    public const string Command = "hold-server";

    /// <summary>
    /// Starts the process. As soon as it has its server, the file <c>held</c> tells the server's process id.
    /// </summary>
    public static Process Start(TemporaryFolder folder)
    {
        ProcessStartInfo start = new("dotnet", [typeof(ServerHolder).Assembly.Location, Command, folder.Path])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>What the process does.</summary>
    public static async Task<int> RunAsync(string folder)
    {
        var options = new EmbeddedPostgresOptions { DataDirectory = Path.Combine(folder, "data"), Durable = false };
        var server = await Servers.StartAsync(options);

        // Renamed when complete, so that nobody reads half of it.
        var held = Path.Combine(folder, "held");
        await File.WriteAllTextAsync(held + ".new", server.ProcessId.ToString(CultureInfo.InvariantCulture));
        File.Move(held + ".new", held);
        await Task.Delay(Timeout.Infinite);
        return 0;
    }
}
