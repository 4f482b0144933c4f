using System.Globalization;
using BuildingBlocks.Database;
using BuildingBlocks.EmbeddedPostgres;
using BuildingBlocks.Modules;
using Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Sales;

namespace EventLog.Bench;

/// <summary>A durable PostgreSQL of our own, and in it a new database for each measurement.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly PostgresServer postgres;
    private readonly DirectoryInfo folder;
    private int databases;

    private Server(PostgresServer postgres, DirectoryInfo folder)
    {
        (this.postgres, this.folder) = (postgres, folder);
        Postmaster = int.Parse(
            File.ReadLines(Path.Combine(postgres.DataDirectory, "postgres", "postmaster.pid")).First(),
            CultureInfo.InvariantCulture
        );
    }

    /// <summary>The process whose children are PostgreSQL's others.</summary>
    public int Postmaster { get; }

    public static async Task<Server> StartAsync(CancellationToken cancellationToken)
    {
        var data = Directory.CreateTempSubdirectory("event-log-bench-");
        EmbeddedPostgresOptions options = new()
        {
            DataDirectory = data.FullName,
            Settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["shared_buffers"] = "512MB",
                ["max_wal_size"] = "4GB",
                ["max_connections"] = "500",
                ["shared_preload_libraries"] = "pg_stat_statements",
                ["track_commit_timestamp"] = "on", // from commit to commit, by one clock and without a line of our own
            },
        };
        return new(await PostgresServer.StartAsync(options, NullLogger.Instance, cancellationToken), data);
    }

    /// <summary>A new database with the schemas and roles of both modules.</summary>
    public Task<Installation> InstallAsync(CancellationToken cancellationToken) => InstallAsync([], cancellationToken);

    /// <summary>A new database with the schemas and roles of both modules and of others.</summary>
    public async Task<Installation> InstallAsync(IEnumerable<Module> others, CancellationToken cancellationToken)
    {
        Module[] modules = [new SalesModule(), new LedgerModule(), .. others];
        var name = string.Create(CultureInfo.InvariantCulture, $"bench_{++databases}");
        NpgsqlConnectionStringBuilder administrator = new(postgres.ConnectionString) { Database = name };
        DatabaseProvisioner provisioner = new(
            administrator.ConnectionString,
            name,
            RolePasswords.Read(Path.Combine(folder.FullName, $"{name}.json"))
        );
        await provisioner.ProvisionAsync(
            modules.Select(module => module.Name),
            new HashSet<string>(StringComparer.Ordinal),
            cancellationToken
        );
        foreach (var module in modules)
        {
            await Migrator.MigrateAsync(
                module,
                provisioner.OwnerConnectionString(module.Name),
                ModuleRoles.Of(name, module.Name).App,
                cancellationToken
            );
        }

        Installation installation = new(
            NpgsqlDataSource.Create(administrator),
            postgres.ConnectionString,
            name,
            modules.ToDictionary(
                module => module.Name,
                module => provisioner.AppConnectionString(module.Name),
                StringComparer.Ordinal
            )
        );
        await installation.ExecuteAsync("create extension pg_stat_statements", cancellationToken);

        // What making the database has left to be written is not the measurement's.
        await installation.ExecuteAsync("checkpoint", cancellationToken);
        return installation;
    }

    public async ValueTask DisposeAsync()
    {
        await postgres.DisposeAsync();
        folder.Delete(recursive: true);
    }
}

/// <summary>One database, to be dropped when disposed.</summary>
internal sealed class Installation(
    NpgsqlDataSource administrator,
    string server,
    string name,
    IReadOnlyDictionary<string, string> modules
) : IAsyncDisposable
{
    /// <summary>How each module signs in as its app role.</summary>
    public IReadOnlyDictionary<string, string> Modules => modules;

    /// <summary>Signs in as the app role of the module that publishes.</summary>
    public string Sales => modules["sales"];

    /// <summary>Signs in as the app role of the module that reacts.</summary>
    public string Ledger => modules["ledger"];

    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = administrator.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<T> ValueAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var command = administrator.CreateCommand(sql);
        command.CommandTimeout = 0;
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Committed or rolled back in this database so far, once nobody else is connected.</summary>
    public async Task<long> TransactionsAsync(CancellationToken cancellationToken)
    {
        const string Others =
            "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and "
            + "backend_type = 'client backend'";
        while (await ValueAsync<long>(Others, cancellationToken) > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }

        return await ValueAsync<long>(
            "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()",
            cancellationToken
        );
    }

    public async ValueTask DisposeAsync()
    {
        await administrator.DisposeAsync();
        await using var connections = NpgsqlDataSource.Create(server);
        await using var drop = connections.CreateCommand($"drop database \"{name}\" with (force)");
        await drop.ExecuteNonQueryAsync();
    }
}
