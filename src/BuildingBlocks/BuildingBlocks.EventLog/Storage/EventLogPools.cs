using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuildingBlocks.EventLog.Storage;

/// <summary>One pool of connections for each connection string it was given. Thread-safe.</summary>
/// <param name="connectionStrings">By module; the module's schema becomes the search path.</param>
/// <param name="loggers">For Npgsql.</param>
internal sealed class EventLogPools(IReadOnlyDictionary<string, string> connectionStrings, ILoggerFactory loggers)
    : IModulePools,
        IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<NpgsqlDataSource>> sources = new(StringComparer.Ordinal);

    public NpgsqlDataSource Of(string module) => sources.GetOrAdd(module, name => new(() => Create(name))).Value;

    public NpgsqlDataSource Unpooled(string module, string? name = null) => Create(module, isPooled: false, name);

    public void CloseIdle(string? module)
    {
        foreach (var (name, source) in sources)
        {
            if (source.IsValueCreated && (module is null || string.Equals(name, module, StringComparison.Ordinal)))
            {
                source.Value.Clear();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in sources.Values.Where(source => source.IsValueCreated))
        {
            await source.Value.DisposeAsync();
        }
    }

    private NpgsqlDataSource Create(string module, bool isPooled = true, string? name = null)
    {
        NpgsqlConnectionStringBuilder settings = new(connectionStrings[module])
        {
            ApplicationName = name ?? module,
            SearchPath = module,
        };
        settings.Pooling &= isPooled;
        return new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = module }
            .UseLoggerFactory(loggers)
            .Build();
    }
}
