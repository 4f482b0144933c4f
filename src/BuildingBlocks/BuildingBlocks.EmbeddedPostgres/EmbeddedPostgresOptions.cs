namespace BuildingBlocks.EmbeddedPostgres;

/// <summary>How the private PostgreSQL runs. Every setting has a default that works without configuration.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>The configuration section these options are bound from.</summary>
    public const string Section = "EmbeddedPostgres";

    /// <summary>
    /// The value of <see cref="BinDirectory"/> that asks for the npm package's PostgreSQL, whatever else is installed.
    /// </summary>
    public const string Npm = "npm";

    /// <summary>
    /// Root folder of this installation's data; the cluster lies in <c>postgres</c> below it, its password, port and
    /// locks beside that. Created when missing, for its user alone. Default: for root
    /// <c>/var/lib/modular-monolith</c>, else <c>modular-monolith</c> in XDG_DATA_HOME or ~/.local/share, on Windows in
    /// local application data.
    /// </summary>
    public string DataDirectory { get; init; } = DefaultDataDirectory;

    /// <summary>
    /// The folder of <c>initdb</c> and <c>postgres</c>, major 15 to 18, or <c>npm</c>. Default: what
    /// <c>pg_config --bindir</c> names, /usr/lib/postgresql/*/bin (newest first), PATH, then npm; for an existing
    /// cluster the first of them with its major version.
    /// </summary>
    public string? BinDirectory { get; init; }

    /// <summary>
    /// Where the npm package is installed, once for all data folders. Default: for root
    /// <c>/var/cache/modular-monolith</c>, else <c>modular-monolith</c> in XDG_CACHE_HOME or ~/.cache, on Windows in
    /// local application data.
    /// </summary>
    public string CacheDirectory { get; init; } = DefaultCacheDirectory;

    /// <summary>
    /// The loopback port to listen on, 1 to 65535. A server found running keeps the port it has. Default: a free one,
    /// kept in the data folder and used again as long as it is free.
    /// </summary>
    public int? Port { get; init; }

    /// <summary>
    /// Limit for creating a cluster and again for starting it, recovery after a crash included.
    /// </summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Limit for a clean shutdown; past it the server is told to drop everything and recovers at its next start.
    /// </summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Limit for installing the npm package, waiting for another process that installs it included.
    /// </summary>
    public TimeSpan InstallTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether a commit survives a power cut. False switches fsync, synchronous_commit and full_page_writes off: for
    /// throw-away clusters only, because a crash of the machine can corrupt them.
    /// </summary>
    public bool Durable { get; init; } = true;

    /// <summary>
    /// Further PostgreSQL settings by name, such as <c>max_connections</c>; they win over the defaults (shared_buffers
    /// 128MB, max_connections 200, a log of one file an hour, overwritten after a day). Where the server listens cannot
    /// be set here. They stand on the server's command line: no place for secrets. A server found running keeps the
    /// settings it has.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// For root <c>/var/lib/modular-monolith</c>, else <c>modular-monolith</c> in XDG_DATA_HOME or ~/.local/share
    /// (local application data on Windows).
    /// </summary>
    public static string DefaultDataDirectory => DefaultFolder("/var/lib", "XDG_DATA_HOME", ".local/share", "data");

    /// <summary>
    /// For root <c>/var/cache/modular-monolith</c>, else <c>modular-monolith</c> in XDG_CACHE_HOME or ~/.cache
    /// (local application data on Windows).
    /// </summary>
    public static string DefaultCacheDirectory => DefaultFolder("/var/cache", "XDG_CACHE_HOME", ".cache", "cache");

    // What makes the server private and findable is not up for configuration.
    private static readonly string[] _ownSettings =
    [
        "port",
        "listen_addresses",
        "unix_socket_directories",
        "data_directory",
        "config_file",
        "hba_file",
        "ident_file",
        "external_pid_file",
    ];

    /// <summary>Looks whether every setting can be used; starting a server does so too.</summary>
    /// <exception cref="EmbeddedPostgresException">Names the setting that cannot.</exception>
    public void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(DataDirectory), nameof(DataDirectory), "must name a folder");
        Require(!string.IsNullOrWhiteSpace(CacheDirectory), nameof(CacheDirectory), "must name a folder");
        Require(Port is null or (>= 1 and <= 65535), nameof(Port), "must lie between 1 and 65535");
        Require(StartTimeout > TimeSpan.Zero, nameof(StartTimeout), "must be longer than nothing");
        Require(StopTimeout > TimeSpan.Zero, nameof(StopTimeout), "must be longer than nothing");
        Require(InstallTimeout > TimeSpan.Zero, nameof(InstallTimeout), "must be longer than nothing");

        foreach (var name in Settings.Keys)
        {
            Require(
                name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.'),
                $"{nameof(Settings)}__{name}",
                "is no setting's name"
            );
            Require(
                !_ownSettings.Contains(name, StringComparer.OrdinalIgnoreCase),
                $"{nameof(Settings)}__{name}",
                "is not for configuration"
            );
        }
    }

    private static void Require(bool condition, string setting, string demand)
    {
        if (!condition)
        {
            throw new EmbeddedPostgresException($"{Section}__{setting} {demand}.");
        }
    }

    private static string DefaultFolder(string forRoot, string variable, string belowHome, string onWindows)
    {
        const string product = "modular-monolith";

        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData),
                product,
                onWindows
            );
        }

        if (Environment.IsPrivilegedProcess)
        {
            return Path.Combine(forRoot, product);
        }

        // The XDG specification says to ignore a relative path.
        var configured = Environment.GetEnvironmentVariable(variable);
        var parent = Path.IsPathRooted(configured)
            ? configured
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), belowHome);
        return Path.Combine(parent, product);
    }
}
