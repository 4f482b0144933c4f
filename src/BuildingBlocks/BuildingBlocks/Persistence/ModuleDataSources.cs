using System.Collections.Concurrent;
using BuildingBlocks.Modules;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuildingBlocks.Persistence;

/// <summary>One pool of connections a module, each signed in as the module's own app role. Thread-safe.</summary>
/// <param name="configuration">Holds <c>Modules:&lt;Module&gt;:ConnectionString</c>, and <c>Database:PoolSize</c> (default 20) where that string sets no maximum.</param>
/// <param name="loggers">For Npgsql.</param>
public sealed class ModuleDataSources(IConfiguration configuration, ILoggerFactory loggers) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<NpgsqlDataSource>> sources = new(StringComparer.Ordinal);

    /// <summary>The module's pool.</summary>
    /// <exception cref="StartupException">The module has no connection string.</exception>
    public NpgsqlDataSource Of(string module) => sources.GetOrAdd(module, name => new(() => Create(name))).Value;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var source in sources.Values.Where(source => source.IsValueCreated))
        {
            await source.Value.DisposeAsync();
        }
    }

    private NpgsqlDataSource Create(string module)
    {
        var setting = $"Modules:{module}:ConnectionString";
        if (configuration[setting] is not { Length: > 0 } connectionString)
        {
            throw new StartupException($"{setting} is missing. Set it, or set ConnectionStrings:Postgres to have the database provisioned.");
        }

        NpgsqlConnectionStringBuilder settings = new(connectionString) { ApplicationName = module };
        if (!connectionString.Contains("Pool Size", StringComparison.OrdinalIgnoreCase))
        {
            settings.MaxPoolSize = configuration.GetValue("Database:PoolSize", 20);
        }

        NpgsqlDataSourceBuilder builder = new(settings.ConnectionString) { Name = module };
        builder.UseLoggerFactory(loggers);
        return builder.Build();
    }
}
