using System.Diagnostics;

namespace Packages.Tests;

/// <summary>
/// Runs the SDK as somebody would in a folder, with none of the settings that the tests themselves run under.
/// </summary>
internal static class Dotnet
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>The exit code, and all that was written.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="settings">Variables of the environment.</param>
    /// <param name="arguments">Such as <c>build</c>.</param>
    public static async Task<(int Code, string Output)> RunAsync(
        string folder,
        IReadOnlyDictionary<string, string> settings,
        params string[] arguments
    )
    {
        ProcessStartInfo start = new("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (
            var inherited in start
                .Environment.Keys.Where(key =>
                    key.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase) || key is "RunAnalyzers"
                )
                .ToArray()
        )
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"dotnet {string.Join(' ', arguments)} took longer than {Limit}.\n{await output}",
                late
            );
        }

        return (process.ExitCode, await output + await errors);
    }
}
