using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Reliability.Running;

/// <summary>PgBouncer in transaction mode, as docs/guides/pgbouncer.md configures it.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private static readonly string[] Places =
    [
        "/usr/sbin/pgbouncer",
        "/usr/bin/pgbouncer",
        "/usr/local/bin/pgbouncer",
        "/opt/homebrew/bin/pgbouncer",
    ];

    private readonly Process process;

    private PgBouncer(Process process, int port) => (this.process, Port) = (process, port);

    public int Port { get; }

    /// <summary>Null where PgBouncer is not installed.</summary>
    public static string? Binary => Array.Find(Places, File.Exists);

    /// <summary>Starts it before a server; users sign in to it and it signs in to the server as themselves.</summary>
    public static async Task<PgBouncer> StartAsync(
        string folder,
        int serverPort,
        string database,
        IReadOnlyDictionary<string, string> passwords
    )
    {
        Directory.CreateDirectory(folder);
        var port = FreePort();
        await File.WriteAllLinesAsync(
            Path.Combine(folder, "users.txt"),
            passwords.Select(user => $"\"{user.Key}\" \"{user.Value}\"")
        );
        await File.WriteAllTextAsync(
            Path.Combine(folder, "pgbouncer.ini"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                [databases]
                {database} = host=127.0.0.1 port={serverPort} dbname={database}
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = {port}
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = {folder}/users.txt
                pool_mode = transaction
                default_pool_size = 6
                max_client_conn = 1000
                server_connect_timeout = 5
                server_login_retry = 1
                logfile = {folder}/pgbouncer.log
                pidfile = {folder}/pgbouncer.pid

                """
            )
        );

        // It refuses to run as root.
        string[] command = [Binary!, Path.Combine(folder, "pgbouncer.ini")];
        if (Environment.IsPrivilegedProcess)
        {
            await Programs.RunAsync("chown", "-R", "nobody", folder);
            await Programs.RunAsync("chmod", "711", Path.GetDirectoryName(folder)!);
            command = ["setpriv", "--reuid", "nobody", "--clear-groups", .. command];
        }

        ProcessStartInfo start = new(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var started = Process.Start(start)!;
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        await AnswersAsync(started, port, folder);
        return new(started, port);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static async Task AnswersAsync(Process bouncer, int port, string folder)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (bouncer.HasExited)
            {
                throw new InvalidOperationException($"PgBouncer ended at its start; see {folder}/pgbouncer.log.");
            }

            try
            {
                using TcpClient probe = new();
                await probe.ConnectAsync(IPAddress.Loopback, port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
