using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using Npgsql;

namespace BuildingBlocks.EventLog.Monitoring;

/// <summary>How one subscription is doing.</summary>
/// <param name="Name">The consumer group.</param>
/// <param name="Source">The module whose events it reads.</param>
/// <param name="Lane">From 0.</param>
/// <param name="Lanes">How many lanes share the keys.</param>
/// <param name="NextLanes">How many once all lanes have reached the barrier; null when their number is not
/// changing.</param>
/// <param name="Checkpoint">A PostgreSQL snapshot; everything visible in it has been applied.</param>
/// <param name="Pending">Events committed by the source that this lane has not passed yet, those of other lanes among
/// them; counted up to 10,000.</param>
/// <param name="Parked">Events of all lanes set aside after a failure, with those of the same keys that wait behind
/// them.</param>
/// <param name="Dead">Of those, the ones that wait for an operator.</param>
/// <param name="OldestParkedAt">When the one that has been parked for longest was parked, UTC; null when none
/// is.</param>
/// <param name="OldestPendingAt">When the oldest pending event was written, UTC; null when nothing is pending.</param>
/// <param name="CurrentAsOf">What the source had committed by then is known to have been applied, with none of it
/// parked, UTC; null when it never was.</param>
/// <param name="Pause">Why nothing is being applied; null when it is.</param>
public sealed record SubscriptionStatus(
    string Name,
    string Source,
    short Lane,
    short Lanes,
    short? NextLanes,
    string Checkpoint,
    int Pending,
    int Parked,
    int Dead,
    DateTimeOffset? OldestParkedAt,
    DateTimeOffset? OldestPendingAt,
    DateTimeOffset? CurrentAsOf,
    Pause? Pause
);

/// <summary>Tells how the subscriptions of this Host are doing, for health checks and operators.</summary>
internal sealed class SubscriptionMonitor
{
    private readonly EventLogCatalog catalog;
    private readonly IModulePools pools;
    private readonly Func<IReadOnlyList<SubscriptionRunner>> runners;

    internal SubscriptionMonitor(
        EventLogCatalog catalog,
        IModulePools pools,
        Func<IReadOnlyList<SubscriptionRunner>> runners
    ) => (this.catalog, this.pools, this.runners) = (catalog, pools, runners);

    /// <summary>All subscriptions of a module as consumer, or of all modules.</summary>
    /// <param name="consumer">A module's name; null for all.</param>
    /// <exception cref="NpgsqlException">A database cannot be used.</exception>
    public async Task<IReadOnlyList<SubscriptionStatus>> ReadAsync(
        string? consumer,
        CancellationToken cancellationToken
    )
    {
        List<SubscriptionStatus> all = [];
        foreach (
            var runner in runners()
                .Where(one =>
                    consumer is null
                    || string.Equals(one.Subscription.Consumer.Name, consumer, StringComparison.Ordinal)
                )
        )
        {
            all.AddRange(await ReadAsync(runner.Subscription, runner.CurrentAsOf, cancellationToken));
        }

        return all;
    }

    /// <summary>The rebuilds of projections that are under way, one for each source.</summary>
    /// <exception cref="NpgsqlException">A database cannot be used.</exception>
    public async Task<IReadOnlyList<SubscriptionStatus>> ReadRebuildsAsync(CancellationToken cancellationToken)
    {
        List<SubscriptionStatus> all = [];
        foreach (
            var rebuild in runners()
                .Select(runner => runner.Subscription)
                .Where(one => one.Consumer.IsProjection)
                .Select(one => one with { IsRebuild = true })
        )
        {
            all.AddRange(await ReadAsync(rebuild, currentAsOf: null, cancellationToken));
        }

        return all;
    }

    /// <summary>The names of the modules that run in this Host.</summary>
    public IReadOnlyList<string> Modules => [.. catalog.Modules.Select(module => module.Name)];

    private async Task<IReadOnlyList<SubscriptionStatus>> ReadAsync(
        Subscription subscription,
        DateTimeOffset? currentAsOf,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await pools.Of(subscription.Consumer.Name).OpenConnectionAsync(cancellationToken);
        var rows = await new SubscriptionStore(subscription).ReadAsync(connection, cancellationToken);
        if (rows.Count == 0 && !subscription.IsRebuild)
        {
            rows = [new(Progress.Beginning, Lane.Only, NextLanes: null, AsOf: null, Pause: null)];
        }

        var parked = await new ParkedEventStore(subscription.Consumer.Name).CountAsync(
            connection,
            subscription.Name,
            subscription.Source,
            cancellationToken
        );
        List<SubscriptionStatus> lanes = [];
        foreach (var row in rows)
        {
            var (pending, oldest) = await PendingEvents.CountAsync(
                pools.Of(subscription.Source),
                subscription.Source,
                row.Progress,
                cancellationToken
            );
            lanes.Add(
                new(
                    subscription.Name,
                    subscription.Source,
                    row.Lane.Number,
                    row.Lane.Count,
                    row.NextLanes,
                    row.Progress.Checkpoint,
                    pending,
                    parked.All,
                    parked.Dead,
                    parked.OldestAt,
                    oldest,
                    currentAsOf ?? row.AsOf,
                    row.Pause
                )
            );
        }

        return lanes;
    }
}
