using BuildingBlocks.Application;
using BuildingBlocks.Modules;
using BuildingBlocks.Persistence;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuildingBlocks.Messaging;

/// <summary>What an operator can do to a subscription while it runs. All of it is kept in the consumer's schema and holds for every Host.</summary>
internal sealed class SubscriptionControl
{
    private readonly ModuleCatalog catalog;
    private readonly ModuleDataSources sources;
    private readonly EventSignals signals;
    private readonly ILogger<SubscriptionControl> logger;

    internal SubscriptionControl(ModuleCatalog catalog, ModuleDataSources sources, EventSignals signals, ILogger<SubscriptionControl> logger) =>
        (this.catalog, this.sources, this.signals, this.logger) = (catalog, sources, signals, logger);

    /// <summary>Applies nothing more, and retries nothing, until resumed. A page at work is finished first.</summary>
    /// <param name="name">The consumer group, which is the module's name.</param>
    /// <param name="source">Only the events of this module; null for those of all.</param>
    /// <param name="reason">For whoever looks at it later; 1 to 500 characters.</param>
    /// <param name="operatorId">Who asks for it.</param>
    /// <param name="cancellationToken">Gives up; it goes on as it was then.</param>
    public async Task<Result> PauseAsync(string name, string? source, string? reason, string operatorId, CancellationToken cancellationToken)
    {
        if (!OperatorReason.IsGiven(reason))
        {
            return OperatorReason.Missing("the subscription is paused");
        }

        if (Find(name, source).Failed(out var refusal, out var found))
        {
            return refusal;
        }

        await UpdateAsync(found, "paused_at = clock_timestamp(), paused_by = $3, pause_reason = $4", cancellationToken, operatorId, reason);
        logger.Paused(name, Names(found), operatorId, reason);
        return Result.Done;
    }

    /// <summary>Goes on where it was paused; does nothing to one that is not.</summary>
    /// <param name="name">The consumer group, which is the module's name.</param>
    /// <param name="source">Only the events of this module; null for those of all.</param>
    /// <param name="operatorId">Who asks for it, for the log.</param>
    /// <param name="cancellationToken">Gives up; it stays paused then.</param>
    public async Task<Result> ResumeAsync(string name, string? source, string operatorId, CancellationToken cancellationToken)
    {
        if (Find(name, source).Failed(out var refusal, out var found))
        {
            return refusal;
        }

        await UpdateAsync(found, "paused_at = null, paused_by = null, pause_reason = null", cancellationToken);
        logger.Resumed(name, Names(found), operatorId);
        return Result.Done;
    }

    /// <summary>
    /// Spreads the keys over a number of lanes that are applied side by side: in each lane, and so for each key, events keep their order. All
    /// lanes first come to one point of the source; from there the new number goes on, and nothing is lost or doubled on the way.
    /// </summary>
    /// <param name="name">The consumer group, which is the module's name.</param>
    /// <param name="source">Only the events of this module; null for those of all.</param>
    /// <param name="lanes">1 to 16.</param>
    /// <param name="operatorId">Who asks for it, for the log.</param>
    /// <param name="cancellationToken">Gives up; what has not begun stays as it is.</param>
    public async Task<Result> ChangeLanesAsync(string name, string? source, int lanes, string operatorId, CancellationToken cancellationToken)
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
            if (!await BeginChangeAsync(subscription, (short)lanes, cancellationToken))
            {
                return Error.Conflict(
                    "operations.lanes-changing",
                    $"The number of lanes in which '{name}' reads {subscription.Source} is being changed already; GET /operations/subscriptions shows how far it has come.");
            }
        }

        logger.LanesChanging(name, Names(found), (short)lanes, operatorId);
        return Result.Done;
    }

    /// <summary>Has an outbox keep nothing any more for a consumer that is gone for good. One that lives makes itself known again, and may have missed events.</summary>
    /// <param name="source">The module that publishes.</param>
    /// <param name="name">The consumer group.</param>
    /// <param name="operatorId">Who asks for it, for the log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Result> ForgetConsumerAsync(string source, string name, string operatorId, CancellationToken cancellationToken)
    {
        if (!catalog.Modules.Any(module => string.Equals(module.Name, source, StringComparison.Ordinal)))
        {
            return Error.NotFound("operations.unknown-module", $"There is no module '{source}' in this Host; GET /operations/modules lists them.");
        }

        if (catalog.Subscriptions.Any(one => string.Equals(one.Name, name, StringComparison.Ordinal) && string.Equals(one.Source, source, StringComparison.Ordinal)))
        {
            return Error.Conflict("operations.consumer-runs", $"'{name}' reads {source} in this Host. Only a consumer that is gone for good can be forgotten.");
        }

        if (!await OutboxConsumers.ForgetAsync(sources.Of(source), source, name, cancellationToken))
        {
            return Error.NotFound("operations.unknown-consumer", $"{source} knows of no consumer '{name}'; GET /operations/outboxes lists them.");
        }

        logger.ConsumerForgotten(source, name, operatorId);
        return Result.Done;
    }

    private async Task<bool> BeginChangeAsync(Subscription subscription, short lanes, CancellationToken cancellationToken)
    {
        var consumer = sources.Of(subscription.Consumer.Name);
        await using var connection = await consumer.OpenConnectionAsync(cancellationToken);
        await new SubscriptionStore(subscription).EnsureExistsAsync(connection, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var rows = new NpgsqlCommand(
            $"""select barrier is not null from "{subscription.Consumer.Name}".subscriptions where name = $1 and source = $2 order by lane for update""", connection)
            .With(subscription.Name, subscription.Source);
        if (await rows.ExecuteScalarAsync(cancellationToken) is true)
        {
            return false;
        }

        // Taken while no lane can move: it holds all that any of them has applied, and all that one may have begun.
        await using var now = sources.Of(subscription.Source).CreateCommand("select pg_current_snapshot()::text");
        var barrier = (string)(await now.ExecuteScalarAsync(cancellationToken))!;
        await using var change = new NpgsqlCommand(
            $"""update "{subscription.Consumer.Name}".subscriptions set barrier = $3::text::pg_snapshot, next_lanes = $4 where name = $1 and source = $2""", connection)
            .With(subscription.Name, subscription.Source, barrier, lanes);
        await change.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        signals.Notify(subscription.Source, eventTypes: []);
        return true;
    }

    private async Task UpdateAsync(IReadOnlyList<Subscription> found, string changes, CancellationToken cancellationToken, params string[] values)
    {
        foreach (var subscription in found)
        {
            await using var connection = await sources.Of(subscription.Consumer.Name).OpenConnectionAsync(cancellationToken);
            await new SubscriptionStore(subscription).EnsureExistsAsync(connection, cancellationToken);
            await using var update = new NpgsqlCommand($"""update "{subscription.Consumer.Name}".subscriptions set {changes} where name = $1 and source = $2""", connection)
                .With(subscription.Name, subscription.Source).With(values);
            await update.ExecuteNonQueryAsync(cancellationToken);
            signals.Notify(subscription.Source, eventTypes: []);
        }
    }

    private static string Names(IEnumerable<Subscription> found) => string.Join(", ", found.Select(subscription => subscription.Source));

    private Result<Subscription[]> Find(string name, string? source)
    {
        Subscription[] found =
        [
            .. catalog.Subscriptions.Where(one => string.Equals(one.Name, name, StringComparison.Ordinal) && catalog.CanRead(one.Source)
                && (source is null || string.Equals(one.Source, source, StringComparison.Ordinal))),
        ];
        return found.Length > 0
            ? found
            : Error.NotFound(
                "operations.unknown-subscription",
                $"There is no subscription '{name}'{(source is null ? "" : $" to {source}")}; GET /operations/subscriptions lists them.");
    }
}
