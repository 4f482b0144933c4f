using BuildingBlocks.Modules;
using BuildingBlocks.Persistence;

namespace BuildingBlocks.Messaging;

/// <summary>
/// Lets a command that misses something in its module's copies wait, for a bounded time, until the copies are as current as the command, so
/// that "unknown" is only ever said of what is really unknown.
/// </summary>
public sealed class CatchUp(ModuleCatalog catalog, ModuleDataSources sources)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until all that the source had committed when this was called has been applied to the consumer's schema.</summary>
    /// <param name="consumer">The DbContext of the module that keeps the copy.</param>
    /// <param name="source">The name of the module whose events feed it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when that took longer than 3 s, or the source does not run in this Host.</returns>
    /// <exception cref="InvalidOperationException">The consumer does not react to any event of the source.</exception>
    public async Task<bool> With(ModuleDbContext consumer, string source, CancellationToken cancellationToken)
    {
        var subscription = catalog.Subscriptions.FirstOrDefault(one =>
                string.Equals(one.Name, consumer.Schema, StringComparison.Ordinal) && string.Equals(one.Source, source, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"{consumer.Schema} does not react to {source}.");
        if (!catalog.Descriptors.Any(module => string.Equals(module.Name, source, StringComparison.Ordinal)))
        {
            return false;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var now = await SnapshotAsync(source, limit.Token);
            while (await IsBehindAsync(subscription, now, limit.Token))
            {
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
        await using var command = sources.Of(source).CreateCommand("select pg_current_snapshot()::text");
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<bool> IsBehindAsync(Subscription subscription, string now, CancellationToken cancellationToken)
    {
        await using var connection = await sources.Of(subscription.Consumer.Name).OpenConnectionAsync(cancellationToken);
        SubscriptionStore store = new(subscription);
        await store.EnsureExistsAsync(connection, cancellationToken);
        var progress = await store.ReadAsync(connection, cancellationToken);

        await using var command = sources.Of(subscription.Source)
            .CreateCommand($"""
            select exists (
              select 1 from "{subscription.Source}".outbox
              where (tx_id >= pg_snapshot_xmax($1::text::pg_snapshot) or tx_id = any (array(select pg_snapshot_xip($1::text::pg_snapshot))))
                and pg_visible_in_snapshot(tx_id, $2::text::pg_snapshot)
                and not ($3::text is not null and pg_visible_in_snapshot(tx_id, $3::text::pg_snapshot) and position <= $4))
            """)
            .With(progress.Checkpoint, now, progress.Target, progress.Position);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
