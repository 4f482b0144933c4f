using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuildingBlocks.Operations;

/// <summary>
/// What an operator can do to a subscription while it runs. All of it is kept in the consumer's schema and holds for
/// every Host.
/// </summary>
internal sealed class SubscriptionOperations(
    EventLogCatalog catalog,
    IModulePools pools,
    EventSignals signals,
    ILogger<SubscriptionOperations> logger
)
{
    /// <summary>Applies nothing more, and retries nothing, until resumed. A page at work is finished first.</summary>
    /// <param name="name">The consumer group: the module's name, followed by <c>.outbound</c> for its outbound
    /// reactions.</param>
    /// <param name="source">Only the events of this module; null for those of all.</param>
    /// <param name="reason">Kept for later readers; 1 to 500 characters.</param>
    /// <param name="operatorId">Who asks for it.</param>
    /// <param name="cancellationToken">Cancels the operation; nothing is changed.</param>
    public async Task<Result> PauseAsync(
        string name,
        string? source,
        string? reason,
        string operatorId,
        CancellationToken cancellationToken
    )
    {
        if (!OperatorReason.IsGiven(reason))
        {
            return OperatorReason.Missing("the subscription is paused");
        }

        if (Find(name, source).Failed(out var refusal, out var found))
        {
            return refusal;
        }

        await ChangeAsync(
            found,
            (store, connection) => store.PauseAsync(connection, operatorId, reason, cancellationToken),
            cancellationToken
        );
        logger.Paused(name, Names(found), operatorId, reason);
        return Result.Done;
    }

    /// <summary>Resumes a paused subscription at its checkpoint; leaves others alone.</summary>
    /// <param name="name">The consumer group: the module's name, followed by <c>.outbound</c> for its outbound
    /// reactions.</param>
    /// <param name="source">Only the events of this module; null for those of all.</param>
    /// <param name="operatorId">Who asks for it, for the log.</param>
    /// <param name="cancellationToken">Cancels the operation; it stays paused.</param>
    public async Task<Result> ResumeAsync(
        string name,
        string? source,
        string operatorId,
        CancellationToken cancellationToken
    )
    {
        if (Find(name, source).Failed(out var refusal, out var found))
        {
            return refusal;
        }

        await ChangeAsync(
            found,
            (store, connection) => store.ResumeAsync(connection, cancellationToken),
            cancellationToken
        );
        logger.Resumed(name, Names(found), operatorId);
        return Result.Done;
    }

    /// <summary>
    /// Spreads the keys over a number of lanes that are applied side by side: in each lane, and so for each key, events
    /// keep their order. All lanes first come to one point of the source; from there the new number goes on, and
    /// nothing is lost or doubled on the way.
    /// </summary>
    /// <param name="name">The consumer group: the module's name, followed by <c>.outbound</c> for its outbound
    /// reactions.</param>
    /// <param name="source">Only the events of this module; null for those of all.</param>
    /// <param name="lanes">1 to 16.</param>
    /// <param name="operatorId">Who asks for it, for the log.</param>
    /// <param name="cancellationToken">Cancels the operation; what has not begun stays as it is.</param>
    public async Task<Result> ChangeLanesAsync(
        string name,
        string? source,
        int lanes,
        string operatorId,
        CancellationToken cancellationToken
    )
    {
        if (lanes is < 1 or > Lane.Most)
        {
            return Error.Invalid("operations.bad-lanes", $"A subscription has 1 to {Lane.Most} lanes.").At("lanes");
        }

        if (Find(name, source).Failed(out var refusal, out var found))
        {
            return refusal;
        }

        foreach (var subscription in found)
        {
            if (!await BeginLaneChangeAsync(subscription, (short)lanes, cancellationToken))
            {
                return Error.Conflict(
                    "operations.lanes-changing",
                    $"The number of lanes in which '{name}' reads {subscription.Source} is being changed already; GET "
                        + "/operations/subscriptions shows how far it has come."
                );
            }
        }

        logger.LanesChanging(name, Names(found), (short)lanes, operatorId);
        return Result.Done;
    }

    /// <summary>
    /// Has an outbox keep nothing any more for a consumer that is gone for good. One that lives makes itself known
    /// again, and may have missed events.
    /// </summary>
    /// <param name="source">The module that publishes.</param>
    /// <param name="name">The consumer group.</param>
    /// <param name="operatorId">Who asks for it, for the log.</param>
    /// <param name="cancellationToken">Cancels the operation; nothing is changed.</param>
    public async Task<Result> ForgetConsumerAsync(
        string source,
        string name,
        string operatorId,
        CancellationToken cancellationToken
    )
    {
        if (!catalog.Runs(source))
        {
            return Error.NotFound(
                "operations.unknown-module",
                $"There is no module '{source}' in this Host; GET /operations/modules lists them."
            );
        }

        if (catalog.Find(name, source) is not null)
        {
            return Error.Conflict(
                "operations.consumer-runs",
                $"'{name}' reads {source} in this Host. Only a consumer that is gone for good can be forgotten."
            );
        }

        if (!await OutboxConsumers.ForgetAsync(pools.Of(source), source, name, cancellationToken))
        {
            return Error.NotFound(
                "operations.unknown-consumer",
                $"{source} knows of no consumer '{name}'; GET /operations/outboxes lists them."
            );
        }

        logger.ConsumerForgotten(source, name, operatorId);
        return Result.Done;
    }

    private async Task<bool> BeginLaneChangeAsync(
        Subscription subscription,
        short lanes,
        CancellationToken cancellationToken
    )
    {
        SubscriptionStore store = new(subscription);
        await using var connection = await pools.Of(subscription.Consumer.Name).OpenConnectionAsync(cancellationToken);
        await store.EnsureExistsAsync(connection, pools.Of(subscription.Source), cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await store.LockLanesAsync(connection, cancellationToken))
        {
            return false;
        }

        // Taken while no lane can move: it holds all that any of them has applied, and all that one may have begun.
        await using var now = pools.Of(subscription.Source).CreateCommand("select pg_current_snapshot()::text");
        var barrier = (string)(await now.ExecuteScalarAsync(cancellationToken))!;
        await store.BeginLaneChangeAsync(connection, barrier, lanes, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        signals.Notify(subscription.Source, eventTypes: []);
        return true;
    }

    private async Task ChangeAsync(
        IEnumerable<Subscription> found,
        Func<SubscriptionStore, NpgsqlConnection, Task> change,
        CancellationToken cancellationToken
    )
    {
        foreach (var subscription in found)
        {
            SubscriptionStore store = new(subscription);
            await using var connection = await pools
                .Of(subscription.Consumer.Name)
                .OpenConnectionAsync(cancellationToken);
            await store.EnsureExistsAsync(connection, pools.Of(subscription.Source), cancellationToken);
            await change(store, connection);
            signals.Notify(subscription.Source, eventTypes: []);
        }
    }

    private static string Names(IEnumerable<Subscription> found) =>
        string.Join(", ", found.Select(subscription => subscription.Source));

    private Result<Subscription[]> Find(string name, string? source)
    {
        Subscription[] found =
        [
            .. catalog.Subscriptions.Where(one =>
                string.Equals(one.Name, name, StringComparison.Ordinal)
                && catalog.CanRead(one.Source)
                && (source is null || string.Equals(one.Source, source, StringComparison.Ordinal))
            ),
        ];
        return found.Length > 0
            ? found
            : Error.NotFound(
                "operations.unknown-subscription",
                $"There is no subscription '{name}'{(source is null ? "" : $" to {source}")}; GET "
                    + "/operations/subscriptions lists them."
            );
    }
}
