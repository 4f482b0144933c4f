using System.Diagnostics;
using System.Globalization;

namespace Reliability.Running;

/// <summary>Other programs, and signals to processes that we started.</summary>
internal static class Programs
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Runs a program to its end; one that cannot be found ends with 127.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            using var process = Process.Start(start)!;
            using CancellationTokenSource limit = new(Limit);
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, (await output + await errors).Trim());
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (127, missing.Message);
        }
    }

    /// <summary>False when the process is gone.</summary>
    public static async Task<bool> SignalAsync(int processId, string signal) =>
        (await RunAsync("/bin/sh", "-c", $"kill -{signal} {processId.ToString(CultureInfo.InvariantCulture)}")).ExitCode
        == 0;

    public static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
