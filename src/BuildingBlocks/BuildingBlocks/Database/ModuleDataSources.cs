using BuildingBlocks.Database.Guarding;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Feeds;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuildingBlocks.Database;

/// <summary>One pool of connections a module, each signed in as the module's own app role. Thread-safe.</summary>
/// <param name="configuration"> Holds <c>Modules:&lt;Module&gt;:ConnectionString</c>, <c>Database:PoolSize</c> (default
/// 20) where that string sets no maximum, <c>Database:PasswordFile</c> for strings without a password, and
/// <c>Database:WatchSql</c>: whether a statement that names another module's schema is refused before it is sent, as in
/// tests and Development.
/// </param>
/// <param name="loggers">For Npgsql.</param>
internal sealed class ModuleDataSources(IConfiguration configuration, ILoggerFactory loggers)
    : IModulePools,
        IAsyncDisposable
{
    /// <summary>The setting that has statements read before they are sent.</summary>
    public const string WatchSetting = "Database:WatchSql";

    /// <summary>
    /// The setting that names the file with the passwords of roles whose connection strings have none.
    /// </summary>
    public const string PasswordFileSetting = "Database:PasswordFile";

    // What is executed again and again is planned once a connection.
    private const int PreparedStatements = 100;

    private readonly PoolByModule pools = new();

    /// <summary>The module's pool.</summary>
    /// <exception cref="StartupException">The module has no connection string.</exception>
    /// <exception cref="ForeignModuleException">Another module's code asks, whichever way it came here.</exception>
    public NpgsqlDataSource Of(string module)
    {
        ModuleCode.EnsureMayReach(module, "the connections");
        return pools.Of(module, name => Create(name, SettingOf(name)));
    }

    /// <summary>The pool of the role that appends to the shadow of a module that runs elsewhere.</summary>
    /// <exception cref="StartupException">It has no connection string.</exception>
    /// <exception cref="ForeignModuleException">A module's code asks.</exception>
    public NpgsqlDataSource OfFeed(string module)
    {
        ModuleCode.EnsureIsHost("the connections of feeds");
        var setting = FeedConnectionSetting(module);
        return pools.Of(setting, _ => Create(module, setting, name: $"{module} feed"));
    }

    /// <summary>The setting that says how to append to the shadow of a module.</summary>
    public static string FeedConnectionSetting(string module) =>
        $"{FeedsOptions.Section}:{nameof(FeedsOptions.Sources)}:{module}:{nameof(FeedSource.ConnectionString)}";

    /// <inheritdoc />
    public ValueTask DisposeAsync() => pools.DisposeAsync();

    /// <inheritdoc />
    public void CloseIdle(string? module) => pools.CloseIdle(module);

    /// <inheritdoc />
    public NpgsqlDataSource Unpooled(string module, string? name = null)
    {
        ModuleCode.EnsureMayReach(module, "the connections");
        return Create(module, SettingOf(module), isPooled: false, name);
    }

    public static bool SetsPoolSize(string connectionString) =>
        connectionString.Contains("Pool Size", StringComparison.OrdinalIgnoreCase);

    private static string SettingOf(string module) => $"Modules:{module}:ConnectionString";

    private NpgsqlDataSource Create(string module, string setting, bool isPooled = true, string? name = null)
    {
        if (configuration[setting] is not { Length: > 0 } connectionString)
        {
            throw new StartupException(
                $"{setting} is missing. Set it, or set ConnectionStrings:Postgres to have the database provisioned."
            );
        }

        NpgsqlConnectionStringBuilder settings = new(connectionString) { ApplicationName = name ?? module };
        if (!isPooled)
        {
            settings.Pooling = false;
        }
        else if (!SetsPoolSize(connectionString))
        {
            settings.MaxPoolSize = string.Equals(setting, FeedConnectionSetting(module), StringComparison.Ordinal)
                ? ShadowSchema.FeedPool
                : ConnectionBudget.PoolSize.Read(configuration) ?? ConnectionBudget.DefaultPool;
        }

        if (isPooled && !connectionString.Contains("No Reset On Close", StringComparison.OrdinalIgnoreCase))
        {
            // A reset is seven statements before each use. Whoever says something about it has a pooler in between,
            // which decides about prepared statements as well.
            settings.NoResetOnClose = true;
            if (!connectionString.Contains("Max Auto Prepare", StringComparison.OrdinalIgnoreCase))
            {
                settings.MaxAutoPrepare = PreparedStatements;
            }
        }

        NpgsqlDataSourceBuilder builder = new(settings.ConnectionString) { Name = module };
        builder.UseLoggerFactory(loggers);
        if (string.IsNullOrEmpty(settings.Password) && configuration[PasswordFileSetting] is { Length: > 0 } path)
        {
            new PasswordSource(path).For(builder, loggers);
        }

        if (configuration.GetValue(WatchSetting, false))
        {
            new SqlGuard(
                module,
                configuration.GetSection("Modules").GetChildren().Select(one => one.Key),
                sessionsAreShared: settings is { Pooling: true, NoResetOnClose: true }
            ).Over(builder);
        }

        return builder.Build();
    }
}
