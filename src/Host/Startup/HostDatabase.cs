using System.Globalization;
using BuildingBlocks.Database;
using BuildingBlocks.EmbeddedPostgres;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;
using Npgsql;

namespace Host.Startup;

/// <summary>
/// Gets a database that the modules can run on: the embedded PostgreSQL when nothing is configured, the administrator's
/// server of ConnectionStrings:Postgres, or what Modules:&lt;Module&gt;:ConnectionString say, where it only checks and
/// never changes anything.
/// </summary>
internal sealed class HostDatabase : IAsyncDisposable
{
    private const string Administrator = "ConnectionStrings:Postgres";
    private const string NameSetting = "Database:Name";

    private readonly List<string> done = [];
    private PostgresServer? embedded;

    public bool IsEmbedded => embedded is not null;

    /// <summary>For the banner: which server, and where its data lies if that is known.</summary>
    public string Server { get; private set; } = "";

    /// <summary>What was settled about connections, because of other Hosts or the server's limit; else null.</summary>
    public string? Connections { get; private set; }

    /// <summary>For the banner: what was done to get ready, in order.</summary>
    public IReadOnlyList<string> Done => done;

    /// <summary>
    /// Reads all that people set about the database and the files kept for it, before anything is started or made.
    /// </summary>
    /// <exception cref="StartupException">Something cannot be used; says what, and what to do.</exception>
    public static void Validate(WebApplication app)
    {
        var (configuration, catalog) = (app.Configuration, app.Services.GetRequiredService<ModuleCatalog>());
        var owners = catalog.Schemas.Select(schema => $"Modules:{schema.Name}:OwnerConnectionString");
        foreach (
            var setting in ConnectionSettings(catalog)
                .Concat(owners)
                .Append($"Modules:{ReferenceSchema.Name}:OwnerConnectionString")
                .Append(Administrator)
        )
        {
            if (configuration[setting] is { Length: > 0 } set)
            {
                ConnectionStrings.Read(set, setting);
            }
        }

        if (!HasModuleConnections(configuration, catalog))
        {
            const string Embedded = "Host=127.0.0.1";
            _ = TargetOf(configuration, configuration[Administrator] is { Length: > 0 } given ? given : Embedded);
        }

        if (
            !HasModuleConnections(configuration, catalog)
            || configuration[ModuleDataSources.PasswordFileSetting] is { Length: > 0 }
        )
        {
            _ = Installation.Passwords(configuration);
        }
    }

    public async Task GetReadyAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var (configuration, catalog) = (app.Configuration, app.Services.GetRequiredService<ModuleCatalog>());
        if (HasModuleConnections(configuration, catalog))
        {
            await EnsureConnectionsFitAsync(app, catalog, cancellationToken);
            await CheckAsync(app, catalog, cancellationToken);
            return;
        }

        if (configuration[Administrator] is not { Length: > 0 } administrator)
        {
            administrator = await StartEmbeddedAsync(app.Services, cancellationToken);
        }

        var provisioner = await ProvisionAsync(configuration, catalog, administrator, cancellationToken);
        await MigrateAsync(configuration, catalog, provisioner.OwnerConnectionString, cancellationToken);
        UseAppRoles(configuration, catalog, provisioner);
        await EnsureConnectionsFitAsync(app, catalog, cancellationToken);
    }

    /// <summary>Finds the database that <see cref="GetReadyAsync"/> would get ready, and leaves it as it is.</summary>
    public async Task FindAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var (configuration, catalog) = (app.Configuration, app.Services.GetRequiredService<ModuleCatalog>());
        if (!HasModuleConnections(configuration, catalog))
        {
            var administrator = configuration[Administrator] is { Length: > 0 } given
                ? given
                : await StartEmbeddedAsync(app.Services, cancellationToken);
            UseAppRoles(configuration, catalog, Provisioner(configuration, catalog, administrator));
            return;
        }

        foreach (var module in catalog.Schemas)
        {
            Server = ServerOf(configuration, module);
        }
    }

    /// <summary>Makes database, schemas and roles.</summary>
    public async Task<DatabaseProvisioner> ProvisionAsync(
        IConfiguration configuration,
        ModuleCatalog catalog,
        string administrator,
        CancellationToken cancellationToken
    )
    {
        var provisioner = Provisioner(configuration, catalog, administrator);
        await provisioner.ProvisionAsync(
            catalog.Modules.Select(module => module.Name),
            catalog.Projections,
            cancellationToken
        );
        done.Add(Count(catalog.Schemas.Count() + 1, "schema provisioned", "schemas provisioned"));
        return provisioner;
    }

    /// <summary>Brings the reference data and every module's schema up to this build.</summary>
    public async Task MigrateAsync(
        IConfiguration configuration,
        ModuleCatalog catalog,
        Func<string, string> ownerConnectionString,
        CancellationToken cancellationToken
    )
    {
        var prefix = Installation.Prefix(configuration);
        var readers = catalog.Modules.Select(module => ModuleRoles.Of(prefix, module.Name).App);
        var applied = await Migrator.MigrateReferenceAsync(
            ownerConnectionString(ReferenceSchema.Name),
            readers,
            cancellationToken
        );
        foreach (var module in catalog.Schemas)
        {
            applied += await Migrator.MigrateAsync(
                module,
                ownerConnectionString(module.Name),
                ModuleRoles.Of(prefix, module.Name).App,
                cancellationToken
            );
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

    /// <summary>
    /// Starts the embedded PostgreSQL again whenever it ends, until the Host stops; a server of somebody else's is
    /// theirs to watch.
    /// </summary>
    /// <exception cref="EmbeddedPostgresException">It has ended and cannot be started again.</exception>
    public async Task KeepRunningAsync(CancellationToken stopping)
    {
        try
        {
            await (embedded?.KeepRunningAsync(stopping) ?? Task.CompletedTask);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The Host stops, and its PostgreSQL after it.
        }
    }

    /// <summary>The embedded PostgreSQL's administrator; starts it when it does not run.</summary>
    public async Task<string> StartEmbeddedAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var (logger, configuration) = (
            services.GetRequiredService<ILogger<PostgresServer>>(),
            services.GetRequiredService<IConfiguration>()
        );
        embedded = await PostgresServer.StartAsync(Installation.Postgres(configuration), logger, cancellationToken);
        Server =
            $"{embedded.DataDirectory} (PostgreSQL {embedded.Version}, port "
            + $"{embedded.Port.ToString(CultureInfo.InvariantCulture)})";
        done.Add(embedded.AlreadyRunning ? "found PostgreSQL running" : "PostgreSQL started");

        // The superuser's own database is not for us: roles of modules are kept out of it by name.
        return new NpgsqlConnectionStringBuilder(embedded.ConnectionString)
        {
            Database = DatabaseProvisioner.DefaultDatabase,
        }.ConnectionString;
    }

    /// <summary>How the administrator signs in to the database of the modules.</summary>
    public async Task<string> AdministratorAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var given = configuration[Administrator] is { Length: > 0 } configured
            ? configured
            : await StartEmbeddedAsync(services, cancellationToken);
        return TargetOf(configuration, given).ConnectionString;
    }

    /// <summary>Provisions nothing, but knows what there would be to provision.</summary>
    public DatabaseProvisioner Provisioner(IConfiguration configuration, ModuleCatalog catalog, string administrator)
    {
        var target = TargetOf(configuration, administrator);
        Server = Server.Length > 0 ? Server : $"PostgreSQL at {target.Host}:{target.Port}";
        return new(target.ConnectionString, Installation.Prefix(configuration), Installation.Passwords(configuration))
        {
            Shadows = [.. catalog.Shadows.Select(shadow => shadow.Name)],
        };
    }

    private static NpgsqlConnectionStringBuilder TargetOf(IConfiguration configuration, string administrator)
    {
        var target = ConnectionStrings.Read(administrator, Administrator);
        var (name, setting) = configuration[NameSetting] is { } given
            ? (given, NameSetting)
            : (target.Database is { Length: > 0 } named ? named : DatabaseProvisioner.DefaultDatabase, Administrator);
        ConnectionStrings.EnsureOwnDatabase(name, setting);
        target.Database = name;
        return target;
    }

    private static void UseAppRoles(
        IConfiguration configuration,
        ModuleCatalog catalog,
        DatabaseProvisioner provisioner
    )
    {
        // Without their passwords: those are read from the file with every new connection, for they may be changed
        // while the Host runs.
        static string Open(string connectionString) =>
            new NpgsqlConnectionStringBuilder(connectionString) { Password = null, Passfile = null }.ConnectionString;
        foreach (var schema in catalog.Schemas)
        {
            configuration[ConnectionSetting(schema)] = Open(provisioner.AppConnectionString(schema.Name));
        }

        foreach (var shadow in catalog.Shadows)
        {
            configuration[ModuleDataSources.FeedConnectionSetting(shadow.Name)] = Open(
                provisioner.FeedConnectionString(shadow.Name)
            );
        }

        configuration[ModuleDataSources.PasswordFileSetting] = Installation.PasswordFile(configuration);
    }

    private async Task EnsureConnectionsFitAsync(
        WebApplication app,
        ModuleCatalog catalog,
        CancellationToken cancellationToken
    )
    {
        var sources = app.Services.GetRequiredService<ModuleDataSources>();
        if (
            await ConnectionBudget.EnsureFitsAsync(
                app.Configuration,
                [.. catalog.Schemas],
                sources,
                cancellationToken
            ) is
            { } settled
        )
        {
            Connections = settled;
            done.Add(settled);
        }
    }

    private async Task CheckAsync(WebApplication app, ModuleCatalog catalog, CancellationToken cancellationToken)
    {
        var sources = app.Services.GetRequiredService<ModuleDataSources>();
        foreach (var module in catalog.Schemas)
        {
            await SchemaCheck.EnsureCurrentAsync(module, sources.Of(module.Name), cancellationToken);
            if (module is not ShadowSchema)
            {
                await SchemaCheck.EnsureReferenceCurrentAsync(module, sources.Of(module.Name), cancellationToken);
            }

            Server = ServerOf(app.Configuration, module);
        }

        done.Add("schemas found up to date");
    }

    private static string ServerOf(IConfiguration configuration, ModuleSchema module)
    {
        var target = ConnectionStrings.Read(configuration[ConnectionSetting(module)]!, ConnectionSetting(module));
        return $"PostgreSQL at {target.Host}:{target.Port}";
    }

    private static bool HasModuleConnections(IConfiguration configuration, ModuleCatalog catalog)
    {
        var all = ConnectionSettings(catalog).ToArray();
        var missing = all.Where(setting => string.IsNullOrEmpty(configuration[setting])).ToArray();
        if (missing.Length == 0)
        {
            return true;
        }

        return missing.Length == all.Length
            ? false
            : throw new StartupException(
                "Some modules have a connection string of their own, but these have none: "
                    + $"{string.Join(", ", missing)}. "
                    + $"Give every module and feed one, or none and {Administrator}."
            );
    }

    private static IEnumerable<string> ConnectionSettings(ModuleCatalog catalog) =>
        catalog
            .Schemas.Select(ConnectionSetting)
            .Concat(catalog.Shadows.Select(shadow => ModuleDataSources.FeedConnectionSetting(shadow.Name)));

    private static string ConnectionSetting(ModuleSchema module) => $"Modules:{module.Name}:ConnectionString";

    private static string Count(int count, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");
}
