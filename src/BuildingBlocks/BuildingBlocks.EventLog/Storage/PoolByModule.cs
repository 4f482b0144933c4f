using System.Collections.Concurrent;
using Npgsql;

namespace BuildingBlocks.EventLog.Storage;

/// <summary>One pool of connections a module, each made when it is first asked for. Thread-safe.</summary>
internal sealed class PoolByModule : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<NpgsqlDataSource>> pools = new(StringComparer.Ordinal);

    /// <summary>The module's pool.</summary>
    /// <param name="module">Its name.</param>
    /// <param name="create">Makes the pool, once.</param>
    public NpgsqlDataSource Of(string module, Func<string, NpgsqlDataSource> create) =>
        pools.GetOrAdd(module, name => new(() => create(name))).Value;

    /// <inheritdoc cref="IModulePools.CloseIdle"/>
    public void CloseIdle(string? module)
    {
        foreach (var (name, pool) in pools)
        {
            if (pool.IsValueCreated && (module is null || string.Equals(name, module, StringComparison.Ordinal)))
            {
                pool.Value.Clear();
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var pool in pools.Values.Where(pool => pool.IsValueCreated))
        {
            await pool.Value.DisposeAsync();
        }
    }
}
