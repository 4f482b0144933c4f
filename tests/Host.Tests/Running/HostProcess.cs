using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Host.Tests.Running;

/// <summary>The real Host, started as its own process like anybody would, on a port that the system gives it.</summary>
public sealed partial class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(1);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();
    private readonly TaskCompletionSource<string> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly HostSettings settings;

    private HostProcess(Process process, HostSettings settings) => (this.process, this.settings) = (process, settings);

    public int ProcessId => process.Id;

    public string Output => Read(output);

    public string Errors => Read(errors);

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Starts a Host and waits until it listens.</summary>
    public static async Task<HostProcess> StartAsync(HostSettings settings, params string[] arguments)
    {
        var host = Launch(settings, arguments);
        var ended = host.process.WaitForExitAsync();
        using CancellationTokenSource deadline = new(StartLimit);
        if (
            await Task.WhenAny(host.listening.Task, ended, Task.Delay(Timeout.Infinite, deadline.Token))
            != host.listening.Task
        )
        {
            host.Kill();
            throw new InvalidOperationException($"The Host did not start.\n{host.Errors}\n{host.Output}");
        }

        host.Address = new(await host.listening.Task);
        return host;
    }

    /// <summary>Runs a Host that is expected to end by itself.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        HostSettings settings,
        params string[] arguments
    )
    {
        await using var host = Launch(settings, arguments);
        return (await host.EndAsync(StartLimit), host.Output, host.Errors);
    }

    /// <summary>Waits until the Host ends by itself, and answers its exit code.</summary>
    public async Task<int> EndAsync(TimeSpan limit)
    {
        using CancellationTokenSource deadline = new(limit);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode;
    }

    /// <summary>
    /// Signs in as the superuser of its embedded server: the password is in the data folder, the port in the banner.
    /// </summary>
    public async Task<string> Administrator()
    {
        var password = await File.ReadAllTextAsync(Path.Combine(settings.DataFolder, "postgres.password"));
        var port = PostgresPort().Match(Output).Groups["port"].Value;
        return $"Host=127.0.0.1;Port={port};Username=postgres;Password={password.Trim()}";
    }

    /// <summary>Changes a database behind the Host's back.</summary>
    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using NpgsqlConnection connection = new(connectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (!process.HasExited)
        {
            using var term = Process.Start(
                "kill",
                ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]
            );
            await term.WaitForExitAsync();
            using CancellationTokenSource deadline = new(StopLimit);
            await process.WaitForExitAsync(deadline.Token);
        }

        return process.ExitCode;
    }

    /// <summary>SIGKILL: the process gets no chance to tidy up; its PostgreSQL stays.</summary>
    public void Kill()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (OperationCanceledException)
        {
            Kill();
        }

        process.Dispose();
    }

    /// <summary>Starts a Host and waits for nothing.</summary>
    public static HostProcess Launch(HostSettings settings, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(settings.HostAssembly);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        settings.WriteTo(start.Environment);
        HostProcess host = new(new() { StartInfo = start }, settings);
        host.process.OutputDataReceived += (_, line) => host.Heard(line.Data);
        host.process.ErrorDataReceived += (_, line) => Write(host.errors, line.Data);
        host.process.Start();
        host.process.BeginOutputReadLine();
        host.process.BeginErrorReadLine();
        return host;
    }

    private void Heard(string? line)
    {
        Write(output, line);

        // The banner's last line: whoever waits for the Host may look for anything in the banner.
        if (line is not null && line.EndsWith("Ctrl+C stops it.", StringComparison.Ordinal))
        {
            listening.TrySetResult(Listening().Match(Output).Groups["address"].Value);
        }
    }

    private static void Write(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.AppendLine(line);
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    [GeneratedRegex(
        @"^\s+Listening\s+(?<address>\S+)\r?$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Listening();

    [GeneratedRegex(@"port (?<port>\d+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PostgresPort();
}
