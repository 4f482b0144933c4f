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

/// <summary>
/// Applies what is new in one lane of a subscription in transactions of the consumer: effects and checkpoint commit
/// together, whichever process is killed.
/// </summary>
internal sealed class SubscriptionWorker : LaneWorker
{
    /// <summary>
    /// How often an event is tried that adds a row which is there already: two of them may have looked for it at the
    /// same time.
    /// </summary>
    private const int MaxInsertAttempts = 5;

    /// <summary>Consecutive conflicts after which one is logged: the event itself may be the cause.</summary>
    private const int ManyConflicts = 8;

    private static readonly TimeSpan ShortestConflictDelay = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestConflictDelay = TimeSpan.FromSeconds(1);

    private readonly EventDispatcher dispatcher;
    private readonly EventSignals signals;
    private readonly OutageLog outages;
    private readonly ILogger logger;

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
        : base(subscription, pools, clock, options.Value, options.Value.PageSize) =>
        (this.dispatcher, this.signals, this.outages, this.logger) = (dispatcher, signals, outages, logger);

    private protected override async Task<StepOutcome> ApplyAsync(OutboxPage page, CancellationToken cancellationToken)
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
            logger.PageSplit(failure, Subscription.Name, page.Events.Count, Subscription.Source);
        }

        for (var i = 0; i < page.Events.Count; i++)
        {
            var next =
                i == page.Events.Count - 1
                    ? page.Next
                    : Progress! with
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
                    (transaction, _, _) =>
                        ParkAsync(
                            transaction.Connection!,
                            happened,
                            failure.ToString(),
                            attempts: 1,
                            Options.RetryDelay.After(failures: 1),
                            cancellationToken
                        ),
                    cancellationToken
                );
                if (outcome == StepOutcome.Moved)
                {
                    logger.EventParked(
                        failure,
                        Subscription.Name,
                        happened.Context.EventId,
                        happened.Context.Type,
                        happened.Context.Key,
                        Subscription.Source,
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
            outages.Unwell($"Subscription {Subscription}", LastingConflict.Of(Subscription, context, failure, attempt));
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
                        await ParkAsync(
                            transaction.Connection!,
                            happened,
                            error: null,
                            attempts: 0,
                            pause: TimeSpan.Zero,
                            cancellationToken
                        );
                    }
                    else
                    {
                        free.Add(new(happened.Context, happened.Payload!));
                    }
                }

                await dispatcher.ApplyAsync(Subscription.Consumer, free, transaction, held, cancellationToken);
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
        await using var connection = await Connections.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var keys = events
            .Where(happened => happened.Payload is not null)
            .Select(happened => happened.Context.Key)
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        if (await Store.TryLockAsync(connection, Progress!, keys, cancellationToken) is not { } locked)
        {
            return StepOutcome.Elsewhere;
        }

        if (locked.IsPaused)
        {
            return StepOutcome.Paused;
        }

        if (Subscription.IsRebuild)
        {
            await RebuildTables.UseAsync(connection, Subscription.Consumer.Name, cancellationToken);
        }

        HeldNotifications held = new(Subscription.Consumer.Name);
        await work(transaction, locked.ParkedKeys, held);
        var asOf = await Store.MoveAndCommitAsync(connection, next, ReadAt, cancellationToken);
        MovedTo(next, asOf);
        held.Send(signals);
        Count(events, Stopwatch.GetElapsedTime(began));
        return StepOutcome.Moved;
    }
}
