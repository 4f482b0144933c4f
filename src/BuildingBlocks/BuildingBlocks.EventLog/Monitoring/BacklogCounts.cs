using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;

namespace BuildingBlocks.EventLog.Monitoring;

/// <summary>
/// Counts now and then what all modules have parked and not yet passed, for the gauges that alarms are made of.
/// Thread-safe.
/// </summary>
internal sealed class BacklogCounts(IModulePools pools, IReadOnlyList<SubscriptionRunner> runners, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, ParkedCount> parked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Subscription, int> pending = new();

    /// <summary>A step that counts those of one module as consumer.</summary>
    public Func<CancellationToken, Task<bool>> For(LogModule module)
    {
        var own = runners.Where(runner => runner.Subscription.Consumer == module).ToArray();
        return async token =>
        {
            parked[module.Name] = await CountParkedAsync(module.Name, token);
            foreach (var runner in own)
            {
                // Most stand at the head most of the time; that is known without a statement.
                pending[runner.Subscription] = runner.IsAtHead
                    ? 0
                    : await CountPendingAsync(runner.Subscription, token);
            }

            return false;
        };
    }

    public IEnumerable<Measurement<int>> ParkedByStatus() =>
        parked.SelectMany(one =>
            new Measurement<int>[]
            {
                new(
                    one.Value.All - one.Value.Dead,
                    new(EventLogDiagnostics.ConsumerTag, one.Key),
                    new("status", ParkedEventStatus.Waiting)
                ),
                new(
                    one.Value.Dead,
                    new(EventLogDiagnostics.ConsumerTag, one.Key),
                    new("status", ParkedEventStatus.Dead)
                ),
            }
        );

    public IEnumerable<Measurement<double>> ParkedAge()
    {
        var now = clock.GetUtcNow();
        return parked.Select(one => new Measurement<double>(
            one.Value.OldestAt is { } oldest ? Math.Max(0, (now - oldest).TotalSeconds) : 0,
            new KeyValuePair<string, object?>(EventLogDiagnostics.ConsumerTag, one.Key)
        ));
    }

    public IEnumerable<Measurement<int>> Pending() =>
        pending.Select(one => new Measurement<int>(one.Value, one.Key.Tags));

    private async Task<ParkedCount> CountParkedAsync(string module, CancellationToken cancellationToken)
    {
        await using var connection = await pools.Of(module).OpenConnectionAsync(cancellationToken);
        return await new ParkedEventStore(module).CountAsync(
            connection,
            subscription: null,
            source: null,
            cancellationToken
        );
    }

    /// <returns>Those of the lane that is furthest behind: each lane passes the events of all.</returns>
    private async Task<int> CountPendingAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        IReadOnlyList<SubscriptionRow> rows;
        await using (var connection = await pools.Of(subscription.Consumer.Name).OpenConnectionAsync(cancellationToken))
        {
            rows = await new SubscriptionStore(subscription).ReadAsync(connection, cancellationToken);
        }

        var most = 0;
        foreach (var progress in rows.Select(row => row.Progress).DefaultIfEmpty(Progress.Beginning))
        {
            most = Math.Max(
                most,
                (
                    await PendingEvents.CountAsync(
                        pools.Of(subscription.Source),
                        subscription.Source,
                        progress,
                        cancellationToken
                    )
                ).Count
            );
        }

        return most;
    }
}
