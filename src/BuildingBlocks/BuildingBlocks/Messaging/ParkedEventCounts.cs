using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using BuildingBlocks.Modules;
using BuildingBlocks.Persistence;

namespace BuildingBlocks.Messaging;

/// <summary>Counts the parked events of all modules now and then, for the gauges that alarms are made of. Thread-safe.</summary>
internal sealed class ParkedEventCounts(ModuleDataSources sources, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, (int Count, int Dead, DateTimeOffset? OldestAt)> counts = new(StringComparer.Ordinal);

    /// <summary>A step that counts those of one module.</summary>
    public Func<CancellationToken, Task<bool>> For(ModuleDescriptor module) => async token =>
    {
        await using var command = sources.Of(module.Name).CreateCommand(
            $"""select count(*)::integer, (count(*) filter (where status = 'dead'))::integer, min(parked_at) from "{module.Name}".parked_events""");
        await using var reader = await command.ExecuteReaderAsync(token);
        await reader.ReadAsync(token);
        counts[module.Name] = (reader.GetInt32(0), reader.GetInt32(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2));
        return false;
    };

    public IEnumerable<Measurement<int>> ByStatus() => counts.Select(one => new Measurement<int>(one.Value.Count - one.Value.Dead, new("consumer", one.Key), new("status", "waiting")))
        .Concat(counts.Select(one => new Measurement<int>(one.Value.Dead, new("consumer", one.Key), new("status", "dead"))));

    public IEnumerable<Measurement<double>> OldestAge()
    {
        var now = clock.GetUtcNow();
        return counts.Select(one => new Measurement<double>(one.Value.OldestAt is { } oldest ? Math.Max(0, (now - oldest).TotalSeconds) : 0, new KeyValuePair<string, object?>("consumer", one.Key)));
    }
}
