using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace TwoHosts;

/// <summary>A Host as a process of its own, with a data folder and a PostgreSQL of its own.</summary>
/// <param name="port">Where it listens.</param>
/// <param name="settings">As environment variables.</param>
/// <param name="said">Told what it writes to its standard error.</param>
internal sealed class RunningHost(int port, Dictionary<string, string> settings, Action<string> said) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // samples/two-hosts/bin/<configuration>/net10.0, and the same of the Host.
    private static readonly DirectoryInfo Output = new(AppContext.BaseDirectory);

    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("two-hosts-");
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private Process? process;

    public Uri Address { get; } = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    /// <summary>A port that nobody listens on at the moment.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts it, and waits until it serves.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var host = Path.Combine(
            Output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName,
            "src",
            "Host",
            "bin",
            Output.Parent.Name,
            Output.Name,
            "Host.dll"
        );
        ProcessStartInfo start = new("dotnet", [host, "--urls", Address.AbsoluteUri, "--environment", "Development"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        start.Environment["EmbeddedPostgres__DataDirectory"] = data.FullName;
        process?.Dispose();
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => said(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (!await ServesAsync(cancellationToken))
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"The Host at {Address} ended with {process.ExitCode}.");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>kill -9; its PostgreSQL stays.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        process!.Kill();
        await process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>kill -9 of its PostgreSQL, which the Host starts again.</summary>
    public async Task KillPostgresAsync(CancellationToken cancellationToken)
    {
        var lines = await File.ReadAllLinesAsync(
            Path.Combine(data.FullName, "postgres", "postmaster.pid"),
            cancellationToken
        );
        using var postmaster = Process.GetProcessById(int.Parse(lines[0], CultureInfo.InvariantCulture));
        postmaster.Kill();
        await postmaster.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Its database, as the superuser; to look on.</summary>
    public async Task<NpgsqlDataSource> ConnectAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var lines = await File.ReadAllLinesAsync(
                Path.Combine(data.FullName, "postgres", "postmaster.pid"),
                cancellationToken
            );
            var password = await File.ReadAllTextAsync(
                Path.Combine(data.FullName, "postgres.password"),
                cancellationToken
            );
            var source = NpgsqlDataSource.Create(
                $"Host=127.0.0.1;Port={lines[3]};Database=modular_monolith;Username=postgres;Password={password.Trim()}"
            );
            try
            {
                await using var connection = await source.OpenConnectionAsync(cancellationToken);
                return source;
            }
            catch (NpgsqlException)
            {
                await source.DisposeAsync();
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    /// <summary>Stops the Host, and its PostgreSQL with it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            using var term = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
            await process.WaitForExitAsync(limit.Token);
        }

        process?.Dispose();
        http.Dispose();
        data.Delete(recursive: true);
    }

    private async Task<bool> ServesAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var ready = await http.GetAsync(new Uri(Address, "/health/ready"), cancellationToken);
            return ready.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
