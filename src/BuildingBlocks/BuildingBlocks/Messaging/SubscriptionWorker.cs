using BuildingBlocks.Persistence;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuildingBlocks.Messaging;

/// <summary>What a step of a subscription came to.</summary>
internal enum StepOutcome
{
    /// <summary>There was nothing new.</summary>
    Idle,

    /// <summary>A page was applied, or parked; there may be more.</summary>
    Moved,

    /// <summary>Another Host works on this subscription.</summary>
    Elsewhere,
}

/// <summary>
/// Reads one subscription's source and applies what is new, page by page: effects and checkpoint commit together, whoever is killed. Not
/// thread-safe; any number of workers of the same subscription may run in other Hosts.
/// </summary>
internal sealed class SubscriptionWorker
{
    private const int MaxConflicts = 5;

    private readonly Subscription subscription;
    private readonly SubscriptionStore store;
    private readonly OutboxReader reader;
    private readonly NpgsqlDataSource connections;
    private readonly EventDispatcher dispatcher;
    private readonly TimeProvider clock;
    private readonly EventLogOptions options;
    private readonly ILogger logger;
    private Progress? progress;

    public SubscriptionWorker(
        Subscription subscription,
        ModuleDataSources sources,
        EventDispatcher dispatcher,
        TimeProvider clock,
        IOptions<EventLogOptions> options,
        ILogger<SubscriptionWorker> logger)
    {
        (this.subscription, this.dispatcher, this.clock, this.options, this.logger) = (subscription, dispatcher, clock, options.Value, logger);
        connections = sources.Of(subscription.Consumer.Name);
        store = new(subscription);
        reader = new(sources.Of(subscription.Source), subscription.Source, subscription.EventTypes, this.options.PageSize);
    }

    /// <summary>The time up to which everything committed by the source is known to have been applied; null until then.</summary>
    public DateTimeOffset? CurrentAsOf { get; private set; }

    /// <summary>Applies the next page, if there is one.</summary>
    /// <exception cref="NpgsqlException">The database cannot be used at the moment; the next step reads the progress anew.</exception>
    public async Task<StepOutcome> StepAsync(CancellationToken cancellationToken)
    {
        try
        {
            var readAt = clock.GetUtcNow();
            progress ??= await ReadProgressAsync(cancellationToken);
            var page = await reader.ReadAsync(progress, cancellationToken);
            var isNew = page.Next != progress;
            if (isNew)
            {
                var applied = await ApplyAsync(page, cancellationToken);
                if (!applied)
                {
                    progress = null;
                    return StepOutcome.Elsewhere;
                }
            }

            if (page.Next.Target is null)
            {
                CurrentAsOf = readAt;
            }

            return isNew ? StepOutcome.Moved : StepOutcome.Idle;
        }
        catch
        {
            // Whether a commit that failed was made is for the row to say.
            progress = null;
            throw;
        }
    }

    private async Task<Progress> ReadProgressAsync(CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenConnectionAsync(cancellationToken);
        await store.EnsureExistsAsync(connection, cancellationToken);
        return await store.ReadAsync(connection, cancellationToken);
    }

    private async Task<bool> ApplyAsync(OutboxPage page, CancellationToken cancellationToken)
    {
        try
        {
            return await ApplyInOneTransactionAsync(page.Events, page.Next, cancellationToken);
        }
        catch (Exception failure) when (page.Events.Count > 0 && !Failures.IsTransient(failure) && failure is not OperationCanceledException)
        {
            logger.PageSplit(failure, subscription.Name, page.Events.Count, subscription.Source);
        }

        for (var i = 0; i < page.Events.Count; i++)
        {
            var next = i == page.Events.Count - 1 ? page.Next : progress! with { Target = page.Target, Position = page.Events[i].Position };
            if (!await ApplyOrParkAsync(page.Events[i], next, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> ApplyOrParkAsync(StoredEvent happened, Progress next, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ApplyInOneTransactionAsync([happened], next, cancellationToken);
            }
            catch (Exception failure) when (Failures.IsConflict(failure) && attempt < MaxConflicts)
            {
                logger.PageSplit(failure, subscription.Name, 1, subscription.Source);
            }
            catch (Exception failure) when (!Failures.IsTransient(failure) && failure is not OperationCanceledException)
            {
                logger.EventParked(
                    failure, subscription.Name, happened.Context.EventId, happened.Context.Type, happened.Context.Key, subscription.Source, happened.Context.CorrelationId);
                return await InTransactionAsync([happened], next, (transaction, _) => ParkAsync(transaction, happened, failure.ToString(), cancellationToken), cancellationToken);
            }
        }
    }

    private Task<bool> ApplyInOneTransactionAsync(IReadOnlyList<StoredEvent> events, Progress next, CancellationToken cancellationToken) =>
        InTransactionAsync(
            events,
            next,
            async (transaction, parkedKeys) =>
            {
                var published = false;
                foreach (var happened in events.Where(happened => happened.Payload is not null))
                {
                    if (parkedKeys.Contains(happened.Context.Key))
                    {
                        await ParkAsync(transaction, happened, error: null, cancellationToken);
                    }
                    else
                    {
                        published |= await dispatcher.ApplyAsync(subscription.Consumer, happened.Context, happened.Payload!, transaction, cancellationToken);
                    }
                }

                return published;
            },
            cancellationToken);

    private async Task<bool> InTransactionAsync(
        IReadOnlyList<StoredEvent> events, Progress next, Func<NpgsqlTransaction, IReadOnlySet<string>, Task<bool>> work, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var keys = events.Where(happened => happened.Payload is not null).Select(happened => happened.Context.Key).Distinct(StringComparer.Ordinal).ToArray();
        if (await store.TryLockAsync(connection, progress!, keys, cancellationToken) is not { } parkedKeys)
        {
            return false;
        }

        var published = await work(transaction, parkedKeys);
        await store.MoveAsync(connection, next, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        progress = next;
        Count(events);
        if (published)
        {
            dispatcher.WakeSubscribersOf(subscription.Consumer);
        }

        return true;
    }

    private async Task<bool> ParkAsync(NpgsqlTransaction transaction, StoredEvent happened, string? error, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var nextTryAt = error is null ? now : now + options.PauseAfter(failures: 1);
        await store.ParkAsync(transaction.Connection!, happened, error, nextTryAt, now, cancellationToken);
        return false;
    }

    private void Count(IReadOnlyList<StoredEvent> events)
    {
        var now = clock.GetUtcNow();
        KeyValuePair<string, object?> consumer = new("consumer", subscription.Name), source = new("source", subscription.Source);
        foreach (var happened in events.Where(happened => happened.Payload is not null))
        {
            EventLogDiagnostics.Applied.Add(1, consumer, source);
            EventLogDiagnostics.Lag.Record(Math.Max(0, (now - happened.Context.OccurredAt).TotalSeconds), consumer, source);
        }
    }
}
