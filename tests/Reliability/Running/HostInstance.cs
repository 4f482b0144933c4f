using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Reliability.Running;

/// <summary>One process of the real Host. What it prints goes into a file.</summary>
internal sealed partial class HostInstance : IAsyncDisposable
{
    private static readonly string[] Foreign =
    [
        "ConnectionStrings__",
        "Modules__",
        "EmbeddedPostgres__",
        "Demo__",
        "Database__",
        "ASPNETCORE_",
        "DOTNET_ENVIRONMENT",
        "EventLog__",
        "payments__",
    ];

    private readonly Process process;
    private readonly StreamWriter log;
    private readonly Lock gate = new();
    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string address = "";

    private HostInstance(Process process, string logFile) =>
        (this.process, log) = (process, new StreamWriter(logFile, append: true) { AutoFlush = true });

    public int ProcessId => process.Id;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    /// <summary>Completes when it listens; never, when it ends before.</summary>
    public Task<Uri> Listening => listening.Task;

    public static HostInstance Launch(
        IReadOnlyDictionary<string, string?> settings,
        string logFile,
        params string[] arguments
    )
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Host.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (
            var name in start
                .Environment.Keys.Where(name =>
                    Array.Exists(Foreign, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                )
                .ToArray()
        )
        {
            start.Environment.Remove(name);
        }

        // The test platform's own settings are nothing to the Host.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        HostInstance host = new(new() { StartInfo = start }, logFile);
        host.process.OutputDataReceived += (_, line) => host.Heard(line.Data);
        host.process.ErrorDataReceived += (_, line) => host.Heard(line.Data);
        host.process.Start();
        host.Write(string.Create(CultureInfo.InvariantCulture, $"--- process {host.process.Id} ---"));
        host.process.BeginOutputReadLine();
        host.process.BeginErrorReadLine();
        return host;
    }

    /// <summary>Waits for its end; kills it when that takes longer.</summary>
    /// <returns>Its exit code; null when it had to be killed.</returns>
    public async Task<int?> EndAsync(TimeSpan limit)
    {
        using CancellationTokenSource deadline = new(limit);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            Kill();
            return null;
        }
    }

    /// <summary>Asks it to stop.</summary>
    public async Task<int?> StopAsync(TimeSpan limit)
    {
        if (!process.HasExited)
        {
            await Programs.SignalAsync(process.Id, "TERM");
        }

        return await EndAsync(limit);
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        lock (gate)
        {
            log.Dispose();
        }
    }

    private void Heard(string? line)
    {
        if (line is null)
        {
            return;
        }

        Write(line);
        if (Address().Match(line) is { Success: true } match)
        {
            address = match.Groups["address"].Value;
        }
        else if (line.EndsWith("Ctrl+C stops it.", StringComparison.Ordinal))
        {
            listening.TrySetResult(new(address));
        }
    }

    private void Write(string line)
    {
        lock (gate)
        {
            if (log.BaseStream is { CanWrite: true })
            {
                log.WriteLine(line);
            }
        }
    }

    [GeneratedRegex(@"^\s+Listening\s+(?<address>\S+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
