using BuildingBlocks.Modules;
using BuildingBlocks.Persistence;
using Npgsql;

namespace BuildingBlocks.Messaging;

/// <summary>How one subscription is doing.</summary>
/// <param name="Name">The consumer group.</param>
/// <param name="Source">The module whose events it reads.</param>
/// <param name="Lane">From 0.</param>
/// <param name="Checkpoint">A PostgreSQL snapshot; everything visible in it has been applied.</param>
/// <param name="Pending">Events committed by the source and not yet applied; counted up to 10,000.</param>
/// <param name="Parked">Events set aside after a failure, with those of the same keys that wait behind them.</param>
/// <param name="Dead">Of those, the ones that wait for an operator.</param>
/// <param name="OldestPendingAt">When the oldest pending event was written, UTC; null when nothing is pending.</param>
/// <param name="CurrentAsOf">What had been committed by then is known to have been applied by this Host, UTC; null while another Host does the work.</param>
public sealed record SubscriptionStatus(
    string Name,
    string Source,
    short Lane,
    string Checkpoint,
    int Pending,
    int Parked,
    int Dead,
    DateTimeOffset? OldestPendingAt,
    DateTimeOffset? CurrentAsOf);

/// <summary>Tells how the subscriptions of this Host are doing, for health checks and operators.</summary>
public sealed class SubscriptionMonitor
{
    private const int MostCounted = 10_000;

    private readonly ModuleCatalog catalog;
    private readonly ModuleDataSources sources;
    private readonly EventLogService service;

    internal SubscriptionMonitor(ModuleCatalog catalog, ModuleDataSources sources, EventLogService service) =>
        (this.catalog, this.sources, this.service) = (catalog, sources, service);

    /// <summary>All subscriptions of a module as consumer, or of all modules.</summary>
    /// <param name="consumer">A module's name; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NpgsqlException">A database cannot be used.</exception>
    public async Task<IReadOnlyList<SubscriptionStatus>> ReadAsync(string? consumer, CancellationToken cancellationToken)
    {
        List<SubscriptionStatus> all = [];
        foreach (var (subscription, worker) in service.Workers.Where(one => consumer is null || string.Equals(one.Key.Consumer.Name, consumer, StringComparison.Ordinal)))
        {
            all.Add(await ReadAsync(subscription, worker.CurrentAsOf, cancellationToken));
        }

        return all;
    }

    /// <summary>The names of the modules that run in this Host.</summary>
    public IReadOnlyList<string> Modules => [.. catalog.Modules.Select(module => module.Name)];

    private async Task<SubscriptionStatus> ReadAsync(Subscription subscription, DateTimeOffset? currentAsOf, CancellationToken cancellationToken)
    {
        await using var connection = await sources.Of(subscription.Consumer.Name).OpenConnectionAsync(cancellationToken);
        SubscriptionStore store = new(subscription);
        await store.EnsureExistsAsync(connection, cancellationToken);
        var progress = await store.ReadAsync(connection, cancellationToken);
        var (parked, dead) = await ParkedAsync(connection, subscription, cancellationToken);
        var (pending, oldest) = await PendingAsync(subscription, progress, cancellationToken);
        return new(subscription.Name, subscription.Source, Subscription.Lane, progress.Checkpoint, pending, parked, dead, oldest, currentAsOf);
    }

    private static async Task<(int Parked, int Dead)> ParkedAsync(NpgsqlConnection connection, Subscription subscription, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select count(*)::integer, (count(*) filter (where status = 'dead'))::integer from "{subscription.Consumer.Name}".parked_events
            where subscription = $1 and source = $2
            """,
            connection).With(subscription.Name, subscription.Source);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.GetInt32(1));
    }

    private async Task<(int Pending, DateTimeOffset? Oldest)> PendingAsync(Subscription subscription, Progress progress, CancellationToken cancellationToken)
    {
        await using var command = sources.Of(subscription.Source)
            .CreateCommand($"""
            with pending as materialized (
              (select occurred_at, position, tx_id from "{subscription.Source}".outbox
               where tx_id >= pg_snapshot_xmax($1::text::pg_snapshot) order by tx_id limit {MostCounted})
              union all
              (select occurred_at, position, tx_id from "{subscription.Source}".outbox
               where tx_id = any (array(select pg_snapshot_xip($1::text::pg_snapshot)))))
            select count(*)::integer, min(occurred_at) from pending
            where not ($2::text is not null and pg_visible_in_snapshot(tx_id, $2::text::pg_snapshot) and position <= $3)
            """)
            .With(progress.Checkpoint, progress.Target, progress.Position);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1));
    }
}
