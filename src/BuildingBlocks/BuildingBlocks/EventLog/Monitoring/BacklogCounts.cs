using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Modules;

namespace BuildingBlocks.EventLog.Monitoring;

/// <summary>Counts now and then what all modules have parked and not yet passed, for the gauges that alarms are made of. Thread-safe.</summary>
internal sealed class BacklogCounts(ModuleDataSources sources, IReadOnlyList<SubscriptionRunner> runners, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, (int Count, int Dead, DateTimeOffset? OldestAt)> parked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Subscription, int> pending = new();

    /// <summary>A step that counts those of one module as consumer.</summary>
    public Func<CancellationToken, Task<bool>> For(ModuleDescriptor module)
    {
        var own = runners.Where(runner => runner.Subscription.Consumer == module).ToArray();
        return async token =>
        {
            parked[module.Name] = await CountParkedAsync(module.Name, token);
            foreach (var runner in own)
            {
                // Most stand at the head most of the time; that is known without a statement.
                pending[runner.Subscription] = runner.IsAtHead ? 0 : await CountPendingAsync(runner.Subscription, token);
            }

            return false;
        };
    }

    public IEnumerable<Measurement<int>> ParkedByStatus() => parked.SelectMany(one => new Measurement<int>[]
    {
        new(one.Value.Count - one.Value.Dead, new(EventLogDiagnostics.ConsumerTag, one.Key), new("status", "waiting")),
        new(one.Value.Dead, new(EventLogDiagnostics.ConsumerTag, one.Key), new("status", "dead")),
    });

    public IEnumerable<Measurement<double>> ParkedAge()
    {
        var now = clock.GetUtcNow();
        return parked.Select(one => new Measurement<double>(
            one.Value.OldestAt is { } oldest ? Math.Max(0, (now - oldest).TotalSeconds) : 0, new KeyValuePair<string, object?>(EventLogDiagnostics.ConsumerTag, one.Key)));
    }

    public IEnumerable<Measurement<int>> Pending() => pending.Select(one => new Measurement<int>(one.Value, EventLogDiagnostics.TagsOf(one.Key)));

    private async Task<(int Count, int Dead, DateTimeOffset? OldestAt)> CountParkedAsync(string module, CancellationToken cancellationToken)
    {
        await using var command = sources.Of(module).CreateCommand(
            $"""select count(*)::integer, (count(*) filter (where status = 'dead'))::integer, min(parked_at) from "{module}".parked_events""");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.GetInt32(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2));
    }

    /// <returns>Those of the lane that is furthest behind: each lane passes the events of all.</returns>
    private async Task<int> CountPendingAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        IReadOnlyList<SubscriptionRow> rows;
        await using (var connection = await sources.Of(subscription.Consumer.Name).OpenConnectionAsync(cancellationToken))
        {
            rows = await new SubscriptionStore(subscription).ReadAsync(connection, cancellationToken);
        }

        var most = 0;
        foreach (var progress in rows.Select(row => row.Progress).DefaultIfEmpty(Progress.Beginning))
        {
            most = Math.Max(most, (await PendingEvents.CountAsync(sources.Of(subscription.Source), subscription.Source, progress, cancellationToken)).Count);
        }

        return most;
    }
}
