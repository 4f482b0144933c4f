using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuildingBlocks.EmbeddedPostgres;

/// <summary>A living server process of a data folder, whoever started it.</summary>
internal sealed class Postmaster(Process process, int port) : IDisposable
{
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan _lastResortLimit = TimeSpan.FromSeconds(5);

    public int ProcessId => process.Id;

    public int Port => port;

    /// <summary>
    /// The server of this folder if one runs; a postmaster.pid that a dead one left behind is removed.
    /// </summary>
    public static async Task<Postmaster?> FindAsync(
        DataFolder folder,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        if (!File.Exists(folder.PidFile))
        {
            return null;
        }

        var file = await PidFile.ReadAsync(folder, cancellationToken);
        if (file is null)
        {
            // The server may be writing it this moment: its starter can have been killed just after starting it.
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
            file = await PidFile.ReadAsync(folder, cancellationToken);
        }

        if (file is not null && await ServerAsync(file.ProcessId, folder, cancellationToken) is { } process)
        {
            return new Postmaster(process, file.Port);
        }

        // PostgreSQL would not start itself when a program of its account now has the process id. Should processes of
        // the dead server still live, PostgreSQL sees them by its shared memory and refuses to start.
        File.Delete(folder.PidFile);
        Log.StalePidFileRemoved(logger, folder.PidFile, file?.ProcessId);
        return null;
    }

    /// <summary>Waits until the server answers to our password; null when it ends instead.</summary>
    /// <exception cref="EmbeddedPostgresException">It refuses our password.</exception>
    public async Task<Version?> AnswerAsync(
        string connectionString,
        DataFolder folder,
        CancellationToken cancellationToken
    )
    {
        while (!process.HasExited)
        {
            try
            {
                await using var connection = new NpgsqlConnection(Probing(connectionString));
                await connection.OpenAsync(cancellationToken);
                await using var command = new NpgsqlCommand(
                    "select current_setting('server_version_num')::int",
                    connection
                );
                var number = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
                return new Version(number / 10000, number % 10000);
            }
            catch (PostgresException exception)
                when (exception.SqlState
                        is PostgresErrorCodes.InvalidPassword
                            or PostgresErrorCodes.InvalidAuthorizationSpecification
                )
            {
                throw new EmbeddedPostgresException(
                    $"The PostgreSQL on 127.0.0.1:{Port} refuses the password in {folder.PasswordFile}. Restore the "
                        + "file or the role's password, "
                        + "or set EmbeddedPostgres__DataDirectory to a new folder.",
                    exception
                );
            }
            catch (Exception exception) when (exception is NpgsqlException or SocketException or TimeoutException)
            {
                // Starting, stopping or out of connections: it will answer or end, and the caller limits how long that
                // may take.
                await Task.Delay(_pollInterval, cancellationToken);
            }
        }

        return null;
    }

    /// <summary>Waits until the server has ended, whoever ended it.</summary>
    public Task EndAsync(CancellationToken cancellationToken) => process.WaitForExitAsync(cancellationToken);

    /// <summary>
    /// Ends the server: sessions are cut off and the data is written; past the limit it drops everything. Waits for its
    /// end.
    /// </summary>
    public async Task StopAsync(TimeSpan limit, ILogger logger)
    {
        if (await EndsOnAsync("INT", limit))
        {
            Log.Stopped(logger);
            return;
        }

        Log.StopEscalates(logger, limit, "QUIT");
        if (await EndsOnAsync("QUIT", _lastResortLimit))
        {
            return;
        }

        Log.StopEscalates(logger, _lastResortLimit, "KILL");
        process.Kill(entireProcessTree: true);
        if (!await EndedWithinAsync(_lastResortLimit))
        {
            Log.StopFailed(logger, exception: null);
        }
    }

    public void Dispose() => process.Dispose();

    private static string Probing(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            Timeout = 5,
            CommandTimeout = 5,
        }.ConnectionString;

    private static async Task<Process?> ServerAsync(
        int processId,
        DataFolder folder,
        CancellationToken cancellationToken
    )
    {
        Process process;
        try
        {
            process = Process.GetProcessById(processId);
        }
        catch (ArgumentException)
        {
            return null;
        }

        if (await IsServerAsync(process, folder, cancellationToken))
        {
            return process;
        }

        process.Dispose();
        return null;
    }

    private static async Task<bool> IsServerAsync(
        Process process,
        DataFolder folder,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (!string.Equals(process.ProcessName, "postgres", StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }
        catch (InvalidOperationException)
        {
            return false;
        }

        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        // It may be the server of another cluster. A server's working directory is its cluster.
        var outcome = await Command.RunAsync(
            [
                "/bin/sh",
                "-c",
                "[ /proc/\"$1\"/cwd -ef \"$2\" ]",
                "sh",
                process.Id.ToString(CultureInfo.InvariantCulture),
                folder.Cluster,
            ],
            cancellationToken
        );
        return outcome.Succeeded;
    }

    private async Task<bool> EndsOnAsync(string signal, TimeSpan limit)
    {
        if (process.HasExited)
        {
            return true;
        }

        using var bounded = new CancellationTokenSource(limit);
        try
        {
            var id = process.Id.ToString(CultureInfo.InvariantCulture);
            IEnumerable<string> kill = OperatingSystem.IsWindows()
                ? [Path.Combine(Path.GetDirectoryName(process.MainModule!.FileName)!, "pg_ctl.exe"), "kill", signal, id]
                : ["/bin/sh", "-c", "kill -\"$1\" \"$2\"", "sh", signal, id];
            await Command.RunAsync(kill, bounded.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        return await EndedWithinAsync(limit);
    }

    private async Task<bool> EndedWithinAsync(TimeSpan limit)
    {
        using var bounded = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(bounded.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
