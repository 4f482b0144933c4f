using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuildingBlocks.EventLog.Storage;

/// <summary>The pools of a program that uses the event log alone. Thread-safe.</summary>
/// <param name="connectionStrings">By module; the module's schema becomes the search path.</param>
/// <param name="loggers">For Npgsql.</param>
internal sealed class EventLogPools(IReadOnlyDictionary<string, string> connectionStrings, ILoggerFactory loggers)
    : IModulePools,
        IAsyncDisposable
{
    private readonly PoolByModule pools = new();

    public NpgsqlDataSource Of(string module) => pools.Of(module, name => Create(name));

    public NpgsqlDataSource Unpooled(string module, string? name = null) => Create(module, isPooled: false, name);

    public void CloseIdle(string? module) => pools.CloseIdle(module);

    public ValueTask DisposeAsync() => pools.DisposeAsync();

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
