using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using Microsoft.Extensions.Options;

namespace BuildingBlocks.EventLog.Freshness;

/// <summary>
/// Lets a request wait, for a bounded time, until a module's copies and projections are as current as it needs: a
/// command that misses something until "unknown" is only said of what is really unknown, a read until it shows what its
/// caller has written.
/// </summary>
public sealed class CatchUp
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly EventLogCatalog catalog;
    private readonly IModulePools pools;
    private readonly EventSignals signals;
    private readonly EventLogOptions options;

    internal CatchUp(
        EventLogCatalog catalog,
        IModulePools pools,
        EventSignals signals,
        IOptions<EventLogOptions> options
    ) => (this.catalog, this.pools, this.signals, this.options) = (catalog, pools, signals, options.Value);

    /// <summary>
    /// Waits until all that the source had committed when this was called has been applied to the consumer's schema.
    /// </summary>
    /// <param name="consumer">The DbContext of the module that keeps the copy.</param>
    /// <param name="source">The name of the module whose events feed it.</param>
    /// <returns>False when that took longer than <see cref="EventLogOptions.CatchUpTimeLimit"/>, or the source does not
    /// run in this Host.</returns>
    /// <exception cref="InvalidOperationException">The consumer does not react to any event of the source.</exception>
    public async Task<bool> With(ModuleDbContext consumer, string source, CancellationToken cancellationToken)
    {
        var subscription = catalog.Find(consumer.Schema, source)
            ?? throw new InvalidOperationException($"{consumer.Schema} does not react to {source}.");
        if (!catalog.Runs(source))
        {
            return false;
        }

        string? now = null;
        return await WaitAsync(
            subscription,
            async token =>
            {
                now ??= await SnapshotAsync(source, token);
                return await HasAppliedAsync(
                    subscription,
                    "pg_visible_in_snapshot(tx_id, $4::text::pg_snapshot)",
                    now,
                    token
                );
            },
            cancellationToken
        );
    }

    /// <summary>
    /// Waits until the events of a transaction have been applied to the consumer's schema, none of them parked.
    /// </summary>
    /// <param name="consumer">The name of the module that reads.</param>
    /// <param name="written">Of any module: one that does not feed the consumer is not waited for.</param>
    /// <returns>False when that took longer than <see cref="EventLogOptions.CatchUpTimeLimit"/>.</returns>
    internal async Task<bool> With(string consumer, ConsistencyToken written, CancellationToken cancellationToken) =>
        catalog.Find(consumer, written.Module) is not { } subscription
        || !catalog.Runs(written.Module)
        || await WaitAsync(subscription, token => HasAppliedAsync(subscription, written, token), cancellationToken);

    private async Task<bool> WaitAsync(
        Subscription subscription,
        Func<CancellationToken, Task<bool>> isCurrent,
        CancellationToken cancellationToken
    )
    {
        // How far a source has come only the source's own role can see; nothing but that is told to whoever waits.
        using var stay = ModuleCode.Enter(module: null);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.CatchUpTimeLimit);
        try
        {
            while (!await isCurrent(limit.Token))
            {
                // Nobody woke the consumer for what it only passes over.
                signals.Wake(subscription.Source, subscription.EventTypes);
                await Task.Delay(Pause, limit.Token);
            }

            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<string> SnapshotAsync(string source, CancellationToken cancellationToken)
    {
        await using var command = pools.Of(source).CreateCommand("select pg_current_snapshot()::text");
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<bool> HasAppliedAsync(
        Subscription subscription,
        ConsistencyToken written,
        CancellationToken cancellationToken
    )
    {
        // A transaction id that its cluster has not given out yet is not one whose events could have been applied.
        await using var committed = pools
            .Of(subscription.Source)
            .CreateCommand("select pg_visible_in_snapshot($1::text::xid8, pg_current_snapshot())")
            .With($"{written.TxId}");
        return (bool)(await committed.ExecuteScalarAsync(cancellationToken))!
            && await HasAppliedAsync(subscription, "tx_id = $4::text::xid8", $"{written.TxId}", cancellationToken)
            && !await HasParkedAsync(subscription, written, cancellationToken);
    }

    private async Task<bool> HasAppliedAsync(
        Subscription subscription,
        string which,
        string argument,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await pools.Of(subscription.Consumer.Name).OpenConnectionAsync(cancellationToken);
        var lanes = await new SubscriptionStore(subscription).ReadAsync(connection, cancellationToken);
        foreach (var lane in lanes.Select(one => one.Progress).DefaultIfEmpty(Progress.Beginning))
        {
            await using var command = pools
                .Of(subscription.Source)
                .CreateCommand(
                    $"""
                    select not exists (
                      select 1 from "{subscription.Source}".outbox
                      where (tx_id >= pg_snapshot_xmax($1::text::pg_snapshot) or tx_id = any (array(select pg_snapshot_xip($1::text::pg_snapshot)))) and {which}
                        and not ($2::text is not null and pg_visible_in_snapshot(tx_id, $2::text::pg_snapshot) and position <= $3))
                    """
                )
                .With(lane.Checkpoint, lane.Target, lane.Position, argument);
            if (!(bool)(await command.ExecuteScalarAsync(cancellationToken))!)
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> HasParkedAsync(
        Subscription subscription,
        ConsistencyToken written,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await pools.Of(subscription.Consumer.Name).OpenConnectionAsync(cancellationToken);
        if (await new SubscriptionStore(subscription).OldestParkedAsync(connection, cancellationToken) is null)
        {
            return false;
        }

        await using var events = pools
            .Of(subscription.Source)
            .CreateCommand(
                $"""select array_agg(event_id) from "{subscription.Source}".outbox where tx_id = $1::text::xid8"""
            )
            .With($"{written.TxId}");
        if (await events.ExecuteScalarAsync(cancellationToken) is not Guid[] ids)
        {
            return false;
        }

        return await new ParkedEventStore(subscription.Consumer.Name).HoldsAnyAsync(
            connection,
            subscription.Name,
            subscription.Source,
            ids,
            cancellationToken
        );
    }
}
