using System.Diagnostics;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuildingBlocks.EventLog.Subscriptions;

/// <summary>The outcome of a step of a subscription.</summary>
internal enum StepOutcome
{
    /// <summary>There was nothing new.</summary>
    Idle,

    /// <summary>A page was applied, or parked; there may be more.</summary>
    Moved,

    /// <summary>Another Host works on this lane, or other lanes have not reached the barrier yet.</summary>
    Elsewhere,

    /// <summary>There is something new, but an operator has paused the subscription.</summary>
    Paused,

    /// <summary>The subscription has another number of lanes now; this worker is obsolete.</summary>
    Relaned,
}

/// <summary>
/// Reads one lane of a subscription and applies what is new, page by page: effects and checkpoint commit together,
/// whichever process is killed. Not thread-safe; any number of workers of the same lane may run in other Hosts.
/// </summary>
internal sealed class SubscriptionWorker
{
    /// <summary>
    /// After this long a worker reads its row again, because no signal is sent when an operator resets it by hand.
    /// </summary>
    public static readonly TimeSpan ProgressRefreshInterval = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often an event is tried that adds a row which is there already: two of them may have looked for it at the
    /// same time.
    /// </summary>
    private const int MaxInsertAttempts = 5;

    /// <summary>Consecutive conflicts after which one is logged: the event itself may be the cause.</summary>
    private const int ManyConflicts = 8;

    private static readonly TimeSpan ShortestConflictDelay = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestConflictDelay = TimeSpan.FromSeconds(1);

    private readonly Subscription subscription;
    private readonly SubscriptionStore store;
    private readonly ParkedEventStore parked;
    private readonly OutboxReader reader;
    private readonly NpgsqlDataSource connections;
    private readonly NpgsqlDataSource outbox;
    private readonly EventDispatcher dispatcher;
    private readonly EventSignals signals;
    private readonly TimeProvider clock;
    private readonly EventLogOptions options;
    private readonly OutageLog outages;
    private readonly ILogger logger;
    private Progress? progress;
    private DateTimeOffset progressSeenAt;
    private DateTimeOffset readAt;

    public SubscriptionWorker(
        Subscription subscription,
        IModulePools pools,
        EventDispatcher dispatcher,
        EventSignals signals,
        TimeProvider clock,
        IOptions<EventLogOptions> options,
        OutageLog outages,
        ILogger<SubscriptionWorker> logger
    )
    {
        (this.subscription, this.dispatcher, this.signals, this.clock, this.options, this.logger) = (
            subscription,
            dispatcher,
            signals,
            clock,
            options.Value,
            logger
        );
        this.outages = outages;
        connections = pools.Of(subscription.Consumer.Name);
        store = new(subscription);
        parked = new(subscription.Consumer.Name);
        outbox = pools.Of(subscription.Source);
        reader = new(outbox, subscription.Source, subscription.EventTypes, subscription.Lane, this.options.PageSize);
    }

    /// <summary>
    /// What the source had committed by this time is known to have been applied, with nothing of it parked; null while
    /// that is not known.
    /// </summary>
    public DateTimeOffset? CurrentAsOf { get; private set; }

    /// <summary>
    /// Whether parked events may hold back <see cref="CurrentAsOf"/>.
    /// </summary>
    public bool MayHaveParked { get; private set; } = true;

    /// <summary>Whether the last step left nothing that the source had committed when it began.</summary>
    public bool ReachedHead { get; private set; }

    /// <summary>Applies the next page, if there is one.</summary>
    /// <exception cref="NpgsqlException">The database cannot be used at the moment; the next step reads the progress
    /// anew.</exception>
    public async Task<StepOutcome> StepAsync(CancellationToken cancellationToken)
    {
        var outcome = StepOutcome.Elsewhere;
        ReachedHead = false;
        try
        {
            readAt = MicrosecondsOf(clock.GetUtcNow());
            if (progress is null || readAt - progressSeenAt > ProgressRefreshInterval)
            {
                progress = await ReadProgressAsync(cancellationToken);
                progressSeenAt = readAt;
            }

            outcome = progress is null ? StepOutcome.Relaned : await StepFromAsync(progress, cancellationToken);
            return outcome;
        }
        finally
        {
            if (outcome is not (StepOutcome.Idle or StepOutcome.Moved))
            {
                // Whether a commit that failed was made, and what others did meanwhile, is for the row to say.
                progress = null;
            }
        }
    }

    private async Task<StepOutcome> StepFromAsync(Progress from, CancellationToken cancellationToken)
    {
        var page = await reader.ReadAsync(from, cancellationToken);
        if (page.Next != from)
        {
            var applied = await ApplyAsync(page, cancellationToken);
            ReachedHead = page.ReachesHead && applied == StepOutcome.Moved;
            return applied;
        }

        await BeCurrentAsync(readAt, cancellationToken);
        if (from.IsAtBarrier)
        {
            return await ChangeLanesAsync(cancellationToken);
        }

        ReachedHead = true;
        return StepOutcome.Idle;
    }

    /// <summary>As PostgreSQL will give it back: what comes back earlier tells that something is parked.</summary>
    private static DateTimeOffset MicrosecondsOf(DateTimeOffset time) =>
        time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));

    private async Task<StepOutcome> ChangeLanesAsync(CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenConnectionAsync(cancellationToken);
        return await store.TryChangeLanesAsync(connection, cancellationToken)
            ? StepOutcome.Relaned
            : StepOutcome.Elsewhere;
    }

    /// <summary>Applies all that the source has committed when this is called.</summary>
    /// <returns>False when another Host works on this lane, or nothing may be applied.</returns>
    public async Task<bool> CatchUpAsync(CancellationToken cancellationToken)
    {
        // The step at hand may have been begun before; the one after it was not.
        for (var finishedSteps = 0; finishedSteps < 2; )
        {
            switch (await StepAsync(cancellationToken))
            {
                case StepOutcome.Idle:
                    return true;
                case StepOutcome.Moved:
                    finishedSteps += progress is { Target: null } ? 1 : 0;
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether this worker is where the subscription's row says, as seen in a transaction that lets nobody change the
    /// row until it ends. If not, the next step begins from the row.
    /// </summary>
    public async Task<bool> IsAtRecordedProgressAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (
            progress is { } known
            && await store.TryLockAsync(connection, known, keys: [], cancellationToken) is not null
        )
        {
            return true;
        }

        progress = null;
        return false;
    }

    /// <returns>Null when the subscription has another number of lanes, or is a rebuild that is over.</returns>
    private async Task<Progress?> ReadProgressAsync(CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenConnectionAsync(cancellationToken);
        var rows = await store.ReadAsync(connection, cancellationToken);
        if (rows.Count == 0 && !subscription.IsRebuild)
        {
            // The source has to know the reader first, so that retention keeps unread events.
            await OutboxConsumers.EnsureKnownAsync(outbox, subscription, cancellationToken);
            await store.EnsureExistsAsync(connection, cancellationToken);
            rows = await store.ReadAsync(connection, cancellationToken);
        }

        if (rows.FirstOrDefault(one => one.Lane == subscription.Lane) is not { } row)
        {
            return null;
        }

        CurrentAsOf = row.AsOf > CurrentAsOf || CurrentAsOf is null ? row.AsOf : CurrentAsOf;
        MayHaveParked = true;
        return row.Progress;
    }

    /// <summary>Nothing was new at this time, so the subscription is current as of then, parked events aside.</summary>
    private async Task BeCurrentAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        DateTimeOffset? oldestParked = null;
        if (MayHaveParked)
        {
            await using var connection = await connections.OpenConnectionAsync(cancellationToken);
            oldestParked = await store.OldestParkedAsync(connection, cancellationToken);
            MayHaveParked = oldestParked is not null;
        }

        CurrentAsOf = oldestParked < at ? oldestParked : at;
    }

    private async Task<StepOutcome> ApplyAsync(OutboxPage page, CancellationToken cancellationToken)
    {
        try
        {
            return await ApplyInOneTransactionAsync(page.Events, page.Next, cancellationToken);
        }
        catch (Exception failure)
            when (page.Events.Count > 0
                && (Failures.IsConflict(failure) || !Failures.IsTransient(failure))
                && failure is not OperationCanceledException
            )
        {
            // Pages that conflict, or lock rows in each other's way, would do so again and again; single events hold
            // little, and not for long.
            logger.PageSplit(failure, subscription.Name, page.Events.Count, subscription.Source);
        }

        for (var i = 0; i < page.Events.Count; i++)
        {
            var next =
                i == page.Events.Count - 1
                    ? page.Next
                    : progress! with
                    {
                        Target = page.Target,
                        Position = page.Events[i].Position,
                    };
            if (
                await ApplyOrParkAsync(page.Events[i], next, cancellationToken) is var outcome and not StepOutcome.Moved
            )
            {
                return outcome;
            }
        }

        return StepOutcome.Moved;
    }

    private async Task<StepOutcome> ApplyOrParkAsync(
        StoredEvent happened,
        Progress next,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ApplyInOneTransactionAsync([happened], next, cancellationToken);
            }
            catch (Exception failure)
                when (Failures.IsConflict(failure) || (Failures.MayBeConflict(failure) && attempt < MaxInsertAttempts))
            {
                await LetOthersFinishAsync(happened.Context, failure, attempt, cancellationToken);
            }
            catch (Exception failure) when (!Failures.IsTransient(failure) && failure is not OperationCanceledException)
            {
                var outcome = await InTransactionAsync(
                    [happened],
                    next,
                    (transaction, _, _) => ParkAsync(transaction, happened, failure.ToString(), cancellationToken),
                    cancellationToken
                );
                if (outcome == StepOutcome.Moved)
                {
                    logger.EventParked(
                        failure,
                        subscription.Name,
                        happened.Context.EventId,
                        happened.Context.Type,
                        happened.Context.Key,
                        subscription.Source,
                        happened.Context.CorrelationId
                    );
                }

                return outcome;
            }
        }
    }

    /// <summary>
    /// Waits for a random part of a delay that doubles with each attempt, so that those who change the same rows do not
    /// meet again. However often that is, the event is never parked for it: nothing is wrong with it.
    /// </summary>
    private async Task LetOthersFinishAsync(
        EventContext context,
        Exception failure,
        int attempt,
        CancellationToken cancellationToken
    )
    {
        if (attempt >= ManyConflicts)
        {
            // Under the name of the loop that takes the steps, so that it is over when the step is.
            outages.Unwell($"Subscription {subscription}", LastingConflict.Of(subscription, context, failure, attempt));
        }

        var longest = ShortestConflictDelay * Math.Pow(2, Math.Min(attempt, 10));
#pragma warning disable CA5394 // Jitter needs no cryptographic randomness.
        await Task.Delay(
            (longest < LongestConflictDelay ? longest : LongestConflictDelay) * Random.Shared.NextDouble(),
            cancellationToken
        );
#pragma warning restore CA5394
    }

    private Task<StepOutcome> ApplyInOneTransactionAsync(
        IReadOnlyList<StoredEvent> events,
        Progress next,
        CancellationToken cancellationToken
    ) =>
        InTransactionAsync(
            events,
            next,
            async (transaction, parkedKeys, held) =>
            {
                List<HappenedEvent> free = new(events.Count);
                foreach (var happened in events.Where(happened => happened.Payload is not null))
                {
                    if (parkedKeys.Contains(happened.Context.Key))
                    {
                        await ParkAsync(transaction, happened, error: null, cancellationToken);
                    }
                    else
                    {
                        free.Add(new(happened.Context, happened.Payload!));
                    }
                }

                await dispatcher.ApplyAsync(subscription.Consumer, free, transaction, held, cancellationToken);
            },
            cancellationToken
        );

    private async Task<StepOutcome> InTransactionAsync(
        IReadOnlyList<StoredEvent> events,
        Progress next,
        Func<NpgsqlTransaction, IReadOnlySet<string>, HeldNotifications, Task> work,
        CancellationToken cancellationToken
    )
    {
        var began = Stopwatch.GetTimestamp();
        await using var connection = await connections.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var keys = events
            .Where(happened => happened.Payload is not null)
            .Select(happened => happened.Context.Key)
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        if (await store.TryLockAsync(connection, progress!, keys, cancellationToken) is not { } locked)
        {
            return StepOutcome.Elsewhere;
        }

        if (locked.IsPaused)
        {
            return StepOutcome.Paused;
        }

        if (subscription.IsRebuild)
        {
            await RebuildTables.UseAsync(connection, subscription.Consumer.Name, cancellationToken);
        }

        HeldNotifications held = new(subscription.Consumer.Name);
        await work(transaction, locked.ParkedKeys, held);
        var asOf = await store.MoveAndCommitAsync(connection, next, readAt, cancellationToken);
        (progress, progressSeenAt) = (next, readAt);
        CurrentAsOf = asOf;
        MayHaveParked = asOf < readAt;
        held.Send(signals);
        Count(events, Stopwatch.GetElapsedTime(began));
        return StepOutcome.Moved;
    }

    private async Task ParkAsync(
        NpgsqlTransaction transaction,
        StoredEvent happened,
        string? error,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        var nextTryAt = error is null ? now : now + options.RetryDelay.After(failures: 1);
        await parked.AddAsync(
            transaction.Connection!,
            subscription.Name,
            subscription.Lane.Number,
            happened.Position,
            happened.Context,
            happened.Payload!,
            error,
            nextTryAt,
            now,
            cancellationToken
        );
    }

    private void Count(IReadOnlyList<StoredEvent> events, TimeSpan taken)
    {
        var (now, count) = (clock.GetUtcNow(), 0);
        var tags = subscription.Tags;
        foreach (var happened in events.Where(happened => happened.Payload is not null))
        {
            count++;
            EventLogDiagnostics.DeliveryDuration.Record(
                Math.Max(0, (now - happened.Context.OccurredAt).TotalSeconds),
                tags
            );
        }

        if (count > 0)
        {
            EventLogDiagnostics.Consumed.Add(count, tags);
            EventLogDiagnostics.BatchSize.Record(count, tags);
            EventLogDiagnostics.BatchDuration.Record(taken.TotalSeconds, tags);
        }
    }
}
