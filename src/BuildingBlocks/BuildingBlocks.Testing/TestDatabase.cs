using System.Security.Cryptography;
using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;
using Npgsql;

namespace BuildingBlocks.Testing;

/// <summary>
/// An empty database of its own for one test class, on the cluster of the test run. Roles belong to the whole cluster,
/// so those of this database carry its name as their prefix. Dropped with its roles when disposed.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly List<NpgsqlDataSource> opened = [];
    private readonly string passwordFile;
    private readonly RolePasswords passwords;
    private readonly DatabaseProvisioner provisioner;

    private TestDatabase(string name, string administrator, string passwordFile, RolePasswords passwords)
    {
        (Name, this.passwords) = (name, passwords);
        this.passwordFile = passwordFile;
        AdministratorConnectionString = administrator;
        provisioner = new(administrator, name, passwords);
        Administrator = Open(administrator);
    }

    /// <summary>The database's name, and the prefix of its roles.</summary>
    public string Name { get; }

    /// <summary>Signs in as the cluster's superuser.</summary>
    public string AdministratorConnectionString { get; }

    /// <summary>Plain SQL as the cluster's superuser.</summary>
    public TestSql Administrator { get; }

    /// <summary>Makes the database.</summary>
    /// <exception cref="StartupException">The cluster cannot be used.</exception>
    public static async Task<TestDatabase> Create(CancellationToken cancellationToken)
    {
#pragma warning disable CA1308 // PostgreSQL folds names to lower case, not to upper.
        var name = "t" + Convert.ToHexString(RandomNumberGenerator.GetBytes(6)).ToLowerInvariant();
#pragma warning restore CA1308
        var administrator = new NpgsqlConnectionStringBuilder(await TestCluster.Administrator())
        {
            Database = name,
        }.ConnectionString;
        var file = Path.Combine(Path.GetTempPath(), $"{name}.passwords.json");
        TestDatabase database = new(name, administrator, file, RolePasswords.Read(file));
        await database.Provision([], cancellationToken);
        return database;
    }

    /// <summary>Makes schema and roles for modules of these names, as the Host's provisioning does.</summary>
    public Task Provision(IEnumerable<string> modules, CancellationToken cancellationToken) =>
        Provision(modules, projections: new HashSet<string>(StringComparer.Ordinal), cancellationToken);

    private Task Provision(
        IEnumerable<string> modules,
        IReadOnlySet<string> projections,
        CancellationToken cancellationToken
    ) => provisioner.ProvisionAsync(modules, projections, cancellationToken);

    /// <summary>
    /// Provisions modules and runs their migrations, and those of the reference data, as their owners.
    /// </summary>
    public async Task ProvisionAndMigrate(IReadOnlyCollection<Module> modules, CancellationToken cancellationToken)
    {
        await Provision(
            modules.Select(module => module.Name),
            modules
                .Where(module => module.IsProjection)
                .Select(module => module.Name)
                .ToHashSet(StringComparer.Ordinal),
            cancellationToken
        );
        await Migrator.MigrateReferenceAsync(
            OwnerConnectionString(ReferenceSchema.Name),
            modules.Select(module => RolesOf(module.Name).App),
            cancellationToken
        );
        foreach (var module in modules)
        {
            await Migrator.MigrateAsync(
                module,
                OwnerConnectionString(module.Name),
                RolesOf(module.Name).App,
                cancellationToken
            );
        }
    }

    /// <summary>
    /// Provisions and migrates the shadow of a module that runs elsewhere, beside what was provisioned before.
    /// </summary>
    internal async Task ProvisionShadow(string module, CancellationToken cancellationToken)
    {
        await new DatabaseProvisioner(AdministratorConnectionString, Name, passwords)
        {
            Shadows = [module],
        }.ProvisionAsync([], new HashSet<string>(StringComparer.Ordinal), cancellationToken);
        await Migrator.MigrateAsync(
            new ShadowSchema(module),
            OwnerConnectionString(module),
            RolesOf(module).App,
            cancellationToken
        );
    }

    /// <summary>Signs in as the role that appends to the shadow of a module.</summary>
    internal string FeedConnectionString(string module) => provisioner.FeedConnectionString(module);

    /// <summary>The roles of a module in this database.</summary>
    public ModuleRoles RolesOf(string module) => ModuleRoles.Of(Name, module);

    /// <summary>Signs in as the role the running Host uses for a module.</summary>
    public string AppConnectionString(string module) => provisioner.AppConnectionString(module);

    /// <summary>Signs in as the role that owns a module's schema.</summary>
    public string OwnerConnectionString(string module) => provisioner.OwnerConnectionString(module);

    /// <summary>Plain SQL as any role, until the database is disposed.</summary>
    public TestSql Open(string connectionString)
    {
        // Few connections a role: many databases share the cluster.
        NpgsqlConnectionStringBuilder settings = new(connectionString) { MinPoolSize = 0, MaxPoolSize = 10 };
        var connections = NpgsqlDataSource.Create(settings);
        opened.Add(connections);
        return new(connections);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        var roles = await Administrator.List<string>(
            "select rolname::text from pg_roles where rolname like $1 || '\\_%'",
            Name
        );
        foreach (var connections in opened)
        {
            await connections.DisposeAsync();
        }

        await using var server = NpgsqlDataSource.Create(await TestCluster.Administrator());
        TestSql sql = new(server);
        await sql.Execute($"drop database \"{Name}\" with (force)");
        foreach (var role in roles)
        {
            await sql.Execute($"drop role \"{role}\"");
        }

        File.Delete(passwordFile);
    }
}
