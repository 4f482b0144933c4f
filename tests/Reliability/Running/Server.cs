using System.Globalization;
using BuildingBlocks.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Reliability.Running;

/// <summary>The PostgreSQL that is stopped, crashed and filled up, and comes back on the same port.</summary>
internal sealed class Server : IAsyncDisposable
{
    public const int MaxConnections = 220;

    private readonly string folder;
    private readonly SemaphoreSlim gate = new(1, 1);
    private PostgresServer running;

    private Server(string folder, PostgresServer running) =>
        (this.folder, this.running, Port) = (folder, running, running.Port);

    public int Port { get; }

    /// <summary>Of the superuser, past everything that is done to the Hosts' connections.</summary>
    public string Administrator(string database) =>
        new NpgsqlConnectionStringBuilder(running.ConnectionString)
        {
            Database = database,
            Pooling = false,
            Timeout = 10,
            CommandTimeout = 120,
        }.ConnectionString;

    public static async Task<Server> StartAsync(string folder) => new(folder, await LaunchAsync(folder, port: null));

    /// <summary>Immediate stop: no checkpoint, no farewell to clients; then a start, with crash recovery.</summary>
    public async Task CrashAsync(TimeSpan down)
    {
        await gate.WaitAsync();
        try
        {
            var processId = ProcessId();
            await Programs.SignalAsync(processId, "QUIT");
            await EndedAsync(processId);
            await Task.Delay(down);
            await RestartAsync();
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Starts it again when it has given up, as it does when the disk is full while it recovers.</summary>
    /// <returns>Whether that was so.</returns>
    public async Task<bool> EnsureRunsAsync()
    {
        await gate.WaitAsync();
        try
        {
            if (File.Exists(PidFile) && Programs.IsAlive(ProcessId()))
            {
                return false;
            }

            await RestartAsync();
            return true;
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await running.DisposeAsync();
        gate.Dispose();
    }

    private string PidFile => Path.Combine(folder, "postgres", "postmaster.pid");

    private static Task<PostgresServer> LaunchAsync(string folder, int? port) =>
        PostgresServer.StartAsync(
            new()
            {
                DataDirectory = folder,
                Port = port,
                Settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
                {
                    ["max_connections"] = MaxConnections.ToString(CultureInfo.InvariantCulture),
                    // No power is cut here, only processes die: the operating system keeps what was written. Commits
                    // stay synchronous.
                    ["fsync"] = "off",
                    ["full_page_writes"] = "off",
                    ["max_wal_size"] = "256MB",
                },
            },
            NullLogger.Instance,
            CancellationToken.None
        );

    private async Task RestartAsync()
    {
        await running.DisposeAsync();
        running = await LaunchAsync(folder, Port);
    }

    private int ProcessId() => int.Parse(File.ReadLines(PidFile).First(), CultureInfo.InvariantCulture);

    private static async Task EndedAsync(int processId)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        while (Programs.IsAlive(processId))
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
