using System.Diagnostics;
using System.Security.Cryptography;
using BuildingBlocks.EmbeddedPostgres;

namespace BuildingBlocks.Testing;

/// <summary>
/// Programs from npm that tests hold our documents against, in the versions that a package-lock.json pins. npm installs
/// them once a machine into the folder that PostgreSQL's binaries are kept in too; it needs no file of the home folder,
/// runs no script of a package and sends nothing anywhere.
/// </summary>
/// <param name="name">The first part of the folder they are installed in.</param>
/// <param name="folder">Holds package.json and package-lock.json.</param>
public sealed class NpmTools(string name, string folder)
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(4);

    private readonly Lock starting = new();
    private Task<string>? installation;

    /// <summary>Where they are, installed when they were not: the folder that has node_modules.</summary>
    public Task<string> InstalledAsync()
    {
        lock (starting)
        {
            return installation ??= InstallAsync();
        }
    }

    /// <summary>Runs a script with node.</summary>
    /// <param name="work">The folder it runs in.</param>
    /// <param name="limit">It is ended after that.</param>
    /// <param name="arguments">The script and what it is given.</param>
    /// <returns>Output and errors, one after the other.</returns>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public static Task<(int ExitCode, string Report)> NodeAsync(
        string work,
        TimeSpan limit,
        params string[] arguments
    ) => RunAsync(work, limit, "node", arguments);

    private async Task<string> InstallAsync()
    {
        var version = Convert.ToHexString(
            SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, "package-lock.json")))
        )[..16];
        var installed = Path.Combine(EmbeddedPostgresOptions.DefaultCacheDirectory, $"{name}-{version}");
        if (Directory.Exists(installed))
        {
            return installed;
        }

        // Made beside and moved in, so that a run that is broken off leaves nothing half there.
        var temporary = $"{installed}-{Guid.CreateVersion7():N}";
        Directory.CreateDirectory(temporary);
        foreach (var file in new[] { "package.json", "package-lock.json" })
        {
            File.Copy(Path.Combine(folder, file), Path.Combine(temporary, file));
        }

        var (exitCode, report) = await RunAsync(
            temporary,
            InstallLimit,
            "npm",
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund"
        );
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"npm could not install {name}: {report}");
        }

        try
        {
            Directory.Move(temporary, installed);
        }
        catch (IOException) when (Directory.Exists(installed))
        {
            // Another test run was faster.
            Directory.Delete(temporary, recursive: true);
        }

        return installed;
    }

    private static async Task<(int ExitCode, string Report)> RunAsync(
        string work,
        TimeSpan limit,
        string program,
        params string[] arguments
    )
    {
        // On Windows, npm is a batch file.
        string[] command = OperatingSystem.IsWindows()
            ? ["cmd.exe", "/c", program, .. arguments]
            : [program, .. arguments];
        ProcessStartInfo start = new(command[0], command[1..])
        {
            WorkingDirectory = work,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        using CancellationTokenSource deadline = new(limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{string.Join(' ', command)}' took longer than {limit}.", late);
        }
    }
}
