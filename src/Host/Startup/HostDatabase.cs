using System.Globalization;
using BuildingBlocks.EmbeddedPostgres;
using BuildingBlocks.Modules;
using BuildingBlocks.Persistence;
using Npgsql;

namespace Host.Startup;

/// <summary>
/// Gets a database that the modules can run on: the embedded PostgreSQL when nothing is configured, the administrator's server of
/// ConnectionStrings:Postgres, or what Modules:&lt;Module&gt;:ConnectionString say, where it only checks and never changes anything.
/// </summary>
internal sealed class HostDatabase : IAsyncDisposable
{
    private const string Administrator = "ConnectionStrings:Postgres";

    private readonly List<string> done = [];
    private PostgresServer? embedded;

    public bool IsEmbedded => embedded is not null;

    /// <summary>For the banner: which server, and where its data lies if that is known.</summary>
    public string Server { get; private set; } = "";

    /// <summary>For the banner: what was done to get ready, in order.</summary>
    public IReadOnlyList<string> Done => done;

    public async Task GetReadyAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var (configuration, catalog) = (app.Configuration, app.Services.GetRequiredService<ModuleCatalog>());
        if (HasModuleConnections(configuration, catalog))
        {
            await CheckAsync(app, catalog, cancellationToken);
            return;
        }

        if (configuration[Administrator] is not { Length: > 0 } administrator)
        {
            administrator = await StartEmbeddedAsync(app, cancellationToken);
        }

        var provisioner = await ProvisionAsync(configuration, catalog, administrator, cancellationToken);
        await MigrateAsync(configuration, catalog, provisioner.OwnerConnectionString, cancellationToken);
        foreach (var module in catalog.Modules)
        {
            configuration[ConnectionSetting(module)] = provisioner.AppConnectionString(module.Name);
        }
    }

    /// <summary>Makes database, schemas and roles.</summary>
    public async Task<DatabaseProvisioner> ProvisionAsync(
        IConfiguration configuration, ModuleCatalog catalog, string administrator, CancellationToken cancellationToken)
    {
        var target = ConnectionStringOf(administrator, Administrator);
        if (configuration["Database:Name"] is { Length: > 0 } name)
        {
            target.Database = name;
        }

        Server = Server.Length > 0 ? Server : $"PostgreSQL at {target.Host}:{target.Port}";
        DatabaseProvisioner provisioner = new(
            target.ConnectionString, Installation.Prefix(configuration), await Installation.PasswordsAsync(configuration, cancellationToken));
        await provisioner.ProvisionAsync(catalog.Modules.Select(module => module.Name), cancellationToken);
        done.Add(Count(catalog.Modules.Count(), "schema provisioned", "schemas provisioned"));
        return provisioner;
    }

    /// <summary>Brings every module's schema up to this build.</summary>
    public async Task MigrateAsync(
        IConfiguration configuration, ModuleCatalog catalog, Func<string, string> ownerConnectionString, CancellationToken cancellationToken)
    {
        var applied = 0;
        foreach (var module in catalog.Modules)
        {
            var roles = ModuleRoles.Of(Installation.Prefix(configuration), module.Name);
            applied += await Migrator.MigrateAsync(module, ownerConnectionString(module.Name), roles.App, cancellationToken);
        }

        done.Add(applied == 0 ? "schemas up to date" : Count(applied, "migration applied", "migrations applied"));
    }

    public async ValueTask DisposeAsync()
    {
        if (embedded is not null)
        {
            await embedded.DisposeAsync();
        }
    }

    private async Task<string> StartEmbeddedAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var logger = app.Services.GetRequiredService<ILogger<PostgresServer>>();
        embedded = await PostgresServer.StartAsync(Installation.Postgres(app.Configuration), logger, cancellationToken);
        Server = $"{embedded.DataDirectory} (PostgreSQL {embedded.Version}, port {embedded.Port.ToString(CultureInfo.InvariantCulture)})";
        done.Add(embedded.AlreadyRunning ? "found PostgreSQL running" : "PostgreSQL started");

        // The superuser's own database is not for us: roles of modules are kept out of it by name.
        return new NpgsqlConnectionStringBuilder(embedded.ConnectionString) { Database = DatabaseProvisioner.DefaultDatabase }.ConnectionString;
    }

    private async Task CheckAsync(WebApplication app, ModuleCatalog catalog, CancellationToken cancellationToken)
    {
        var sources = app.Services.GetRequiredService<ModuleDataSources>();
        foreach (var module in catalog.Modules)
        {
            var target = ConnectionStringOf(app.Configuration[ConnectionSetting(module)]!, ConnectionSetting(module));
            await SchemaCheck.EnsureCurrentAsync(module, sources.Of(module.Name), cancellationToken);
            Server = $"PostgreSQL at {target.Host}:{target.Port}";
        }

        done.Add("schemas found up to date");
    }

    private static bool HasModuleConnections(IConfiguration configuration, ModuleCatalog catalog)
    {
        var missing = catalog.Modules.Where(module => string.IsNullOrEmpty(configuration[ConnectionSetting(module)])).Select(ConnectionSetting).ToArray();
        if (missing.Length == 0)
        {
            return true;
        }

        return missing.Length == catalog.Modules.Count()
            ? false
            : throw new StartupException(
                $"Some modules have a connection string of their own, but these have none: {string.Join(", ", missing)}. "
                + $"Give every module one, or none and {Administrator}.");
    }

    private static NpgsqlConnectionStringBuilder ConnectionStringOf(string value, string setting)
    {
        try
        {
            return new(value);
        }
        catch (ArgumentException unreadable)
        {
            // Its message names the unknown keyword, never a value, which might be a password.
            throw new StartupException($"{setting} is no PostgreSQL connection string: {unreadable.Message}", unreadable);
        }
    }

    private static string ConnectionSetting(Module module) => $"Modules:{module.Name}:ConnectionString";

    private static string Count(int count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");
}
