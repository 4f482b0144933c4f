using System.ComponentModel;
using System.Diagnostics;

namespace BuildingBlocks.EmbeddedPostgres;

/// <param name="Output">Standard output and then standard error, trimmed.</param>
internal sealed record CommandOutcome(int ExitCode, string Output)
{
    public const int NotFound = 127;

    public bool Succeeded => ExitCode == 0;
}

/// <summary>Runs other programs.</summary>
internal static class Command
{
    // The Host's environment carries its secrets, and PG* variables would change what the server and its tools do.
    private static readonly string[] _harmlessVariables =
    [
        "PATH",
        "TMPDIR",
        "TEMP",
        "TMP",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        "SystemRoot",
        "SystemDrive",
        "ComSpec",
        "PATHEXT",
        "USERPROFILE",
    ];

    /// <summary>
    /// Runs a program to its end; one that cannot be found ends with <see cref="CommandOutcome.NotFound"/>.
    /// </summary>
    /// <param name="environment">Whether the program gets our environment rather than an almost empty one.</param>
    /// <param name="cancellationToken">Kills the program and all that it started.</param>
    public static async Task<CommandOutcome> RunAsync(
        IEnumerable<string> command,
        CancellationToken cancellationToken,
        string? workingDirectory = null,
        bool environment = false
    )
    {
        var start = StartInfo(command, environment);
        start.WorkingDirectory = workingDirectory ?? start.WorkingDirectory;

        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            return new CommandOutcome(CommandOutcome.NotFound, exception.Message);
        }

        using (process)
        {
            try
            {
                process.StandardInput.Close();
                var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
                var error = process.StandardError.ReadToEndAsync(cancellationToken);
                await Task.WhenAll(output, error, process.WaitForExitAsync(cancellationToken));
                return new CommandOutcome(process.ExitCode, (await output + await error).Trim());
            }
            finally
            {
                await EndAsync(process);
            }
        }
    }

    /// <summary>Starts a program in its own session, out of reach of the terminal's Ctrl+C. Not for Windows.</summary>
    /// <param name="folder">Open to the program as descriptor 9, see <see cref="Account.PathOf"/>.</param>
    /// <param name="input">The file that is its standard input.</param>
    /// <param name="output">The file that receives what it prints.</param>
    public static Process StartDetached(string folder, string input, string output, IEnumerable<string> command)
    {
        // macOS has perl where Linux has setsid.
        const string script = """
            umask 077
            exec 9<"$1" <"$2" >"$3" 2>&1
            shift 3
            command -v setsid >/dev/null && exec setsid "$@"
            exec perl -MPOSIX -e 'POSIX::setsid(); exec @ARGV' "$@"
            """;

        var start = StartInfo(["/bin/sh", "-c", script, "sh", folder, input, output, .. command], environment: false);
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>
    /// Kills the program and what it started, if it still runs, and waits so that no zombie stays behind.
    /// </summary>
    public static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static ProcessStartInfo StartInfo(IEnumerable<string> command, bool environment)
    {
        var words = command.ToList();
        var start = new ProcessStartInfo(words[0], words.Skip(1))
        {
            UseShellExecute = false,
            // All three, or .NET hands the terminal to the child and changes its modes.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };

        if (!OperatingSystem.IsWindows())
        {
            // PostgreSQL insists on reading its working directory, and another account may not be able to read ours.
            start.WorkingDirectory = "/";
        }

        if (!environment)
        {
            var kept = _harmlessVariables
                .Where(start.Environment.ContainsKey)
                .ToDictionary(name => name, name => start.Environment[name], StringComparer.Ordinal);
            start.Environment.Clear();
            foreach (var (name, value) in kept)
            {
                start.Environment[name] = value;
            }
        }

        return start;
    }
}
