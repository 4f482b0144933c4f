using System.Diagnostics;

namespace ArchitectureTests;

/// <summary>The folder that the solution stands in.</summary>
internal static class Repository
{
    /// <summary>A path in it.</summary>
    public static string File(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (folder.EnumerateFiles("ModularMonolith.sln").Any())
            {
                return Path.Combine(folder.FullName, path);
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds ModularMonolith.sln.");
    }

    /// <summary>What it holds by this pattern of names, from its root; what is ignored is left out.</summary>
    public static async Task<IEnumerable<string>> FilesAsync(string pattern)
    {
        var (exitCode, output) = await RunAsync(
            "git",
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "--",
            pattern
        );
        exitCode.ShouldBe(0, output);
        return output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Distinct(StringComparer.Ordinal)
            .Where(file => System.IO.File.Exists(File(file)));
    }

    /// <summary>Runs a program in it, for three minutes at most.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = File("."),
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, output);
    }
}
