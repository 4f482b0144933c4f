using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuildingBlocks.EventLog.Rebuild;

/// <summary>
/// Rebuilds projections from history: the same reactions run once more, from the beginning, on tables beside the live
/// ones; when they have caught up, the two are swapped together with their checkpoints in one transaction. All it knows
/// stands in the database, so it goes on after a kill, in whichever Host.
/// </summary>
internal sealed class ProjectionRebuild(
    EventLogCatalog catalog,
    IModulePools pools,
    EventSignals signals,
    IServiceProvider services,
    ILogger<ProjectionRebuild> logger
)
{
    // Readers wait this long at most behind a swap; when a longer read stands in its way, the swap is tried again.
    private const string LongestWaitForReaders = "2s";

    /// <summary>
    /// Looks for a source that keeps no longer all its events; if all do, they are kept for a rebuild from here on.
    /// </summary>
    /// <returns>Its name, and from before when events are gone; null when all history is there.</returns>
    public async Task<(string Source, DateTimeOffset PrunedBefore)?> FindMissingHistoryAsync(
        LogModule module,
        CancellationToken cancellationToken
    )
    {
        foreach (var subscription in SubscriptionsOf(module))
        {
            await OutboxConsumers.EnsureKnownAsync(
                pools.Of(subscription.Source),
                subscription with
                {
                    IsRebuild = true,
                },
                cancellationToken
            );
            if (
                await OutboxConsumers.PrunedBeforeAsync(
                    pools.Of(subscription.Source),
                    subscription.Source,
                    cancellationToken
                ) is
                { } pruned
            )
            {
                return (subscription.Source, pruned);
            }
        }

        return null;
    }

    /// <summary>Begins to rebuild a projection; it is swapped in by itself once it has caught up.</summary>
    /// <param name="module">The projection.</param>
    /// <param name="operatorId">The operator, for the log.</param>
    /// <param name="cancellationToken">Cancels the operation; nothing is changed.</param>
    /// <returns>False when a rebuild is already running.</returns>
    public async Task<bool> TryStartAsync(LogModule module, string operatorId, CancellationToken cancellationToken)
    {
        await using var connection = await pools.Of(module.Name).OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (
            !await new RebuildSubscriptionStore(module.Name).TryBeginAsync(
                connection,
                SourcesOf(module),
                cancellationToken
            )
        )
        {
            return false;
        }

        await ClearAsync(connection, module.Name, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        logger.RebuildStarted(module.Name, operatorId);
        signals.Wake(RebuildTables.ConsumerOf(module.Name), eventTypes: []);
        return true;
    }

    /// <summary>Abandons a rebuild; the live projection stays as it is.</summary>
    /// <param name="module">The projection.</param>
    /// <param name="operatorId">The operator, for the log.</param>
    /// <param name="cancellationToken">Cancels the operation; the rebuild continues.</param>
    /// <returns>False when it is not being rebuilt.</returns>
    public async Task<bool> TryAbandonAsync(LogModule module, string operatorId, CancellationToken cancellationToken)
    {
        await using var connection = await pools.Of(module.Name).OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await new RebuildSubscriptionStore(module.Name).TryRemoveAsync(connection, cancellationToken))
        {
            return false;
        }

        await ClearAsync(connection, module.Name, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        logger.RebuildAbandoned(module.Name, operatorId);
        return true;
    }

    /// <summary>
    /// The pools that a projection is rebuilt from: those that can be read from here, for one that runs elsewhere is
    /// read there.
    /// </summary>
    public string[] SourcesOf(LogModule module) =>
        [.. SubscriptionsOf(module).Select(subscription => subscription.Source)];

    /// <summary>
    /// A step that takes a running rebuild of the module a page further, or finishes it; it tells whether there was
    /// anything to do.
    /// </summary>
    internal Func<CancellationToken, Task<bool>> For(LogModule module)
    {
        var workers = SubscriptionsOf(module)
            .Select(subscription =>
                ActivatorUtilities.CreateInstance<SubscriptionWorker>(services, subscription with { IsRebuild = true })
            )
            .ToArray();
        return token => StepAsync(module, workers, token);
    }

    private async Task<bool> StepAsync(
        LogModule module,
        IReadOnlyList<SubscriptionWorker> workers,
        CancellationToken cancellationToken
    )
    {
        if (!await new RebuildSubscriptionStore(module.Name).ExistsAsync(pools.Of(module.Name), cancellationToken))
        {
            return false;
        }

        var moved = false;
        foreach (var worker in workers)
        {
            moved |= await worker.StepAsync(cancellationToken) == StepOutcome.Moved;
        }

        return moved || await TryFinishAsync(module.Name, workers, cancellationToken);
    }

    private async Task<bool> TryFinishAsync(
        string module,
        IReadOnlyList<SubscriptionWorker> workers,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await pools.Of(module).OpenConnectionAsync(cancellationToken);
        if (
            await new ParkedEventStore(module).CountOnlyInRebuildAsync(connection, cancellationToken)
            is var failed
                and > 0
        )
        {
            logger.RebuildHeldBack(module, failed);
            return false;
        }

        // From here on nobody applies events to the live tables, so that the rebuilt ones cannot fall behind what
        // readers have already seen.
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync($"set local lock_timeout = '{LongestWaitForReaders}'", cancellationToken);
        await new RebuildSubscriptionStore(module).LockLiveAsync(connection, cancellationToken);
        foreach (var worker in workers)
        {
            if (!await worker.CatchUpAsync(cancellationToken))
            {
                return false;
            }
        }

        // A worker that found nothing new may stand where an earlier rebuild ended.
        foreach (var worker in workers)
        {
            if (!await worker.IsAtRecordedProgressAsync(connection, cancellationToken))
            {
                return true;
            }
        }

        if (
            await new ParkedEventStore(module).CountOnlyInRebuildAsync(connection, cancellationToken) > 0
            || !await SwapAsync(connection, module, cancellationToken)
        )
        {
            return false;
        }

        await transaction.CommitAsync(cancellationToken);
        logger.RebuildFinished(module);

        // After the swap the second schema holds the former tables, which nothing reads.
        await connection.ExecuteAsync("select clear_rebuild()", cancellationToken);
        return true;
    }

    private static async Task<bool> SwapAsync(
        NpgsqlConnection connection,
        string module,
        CancellationToken cancellationToken
    )
    {
        RebuildSubscriptionStore subscriptions = new(module);
        await subscriptions.TakeLanesAsync(connection, cancellationToken);

        // Parked events first: a retry of one of them holds its row, and must be done with the tables before these are
        // swapped.
        await new ParkedEventStore(module).SwapInRebuildAsync(connection, cancellationToken);
        if (!await subscriptions.TryReplaceLiveAsync(connection, cancellationToken))
        {
            // Another Host has finished the rebuild, or an operator has abandoned it.
            return false;
        }

        await connection.ExecuteAsync("select swap_rebuild()", cancellationToken);
        return true;
    }

    private IEnumerable<Subscription> SubscriptionsOf(LogModule module) =>
        catalog.Subscriptions.Where(subscription =>
            subscription.Consumer == module && catalog.CanRead(subscription.Source)
        );

    private static async Task ClearAsync(
        NpgsqlConnection connection,
        string module,
        CancellationToken cancellationToken
    )
    {
        await new ParkedEventStore(module).ClearRebuildAsync(connection, cancellationToken);
        await connection.ExecuteAsync("select clear_rebuild()", cancellationToken);
    }
}
