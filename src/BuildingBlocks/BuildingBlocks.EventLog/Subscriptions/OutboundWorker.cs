using System.Collections.Concurrent;
using System.Diagnostics;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Outbound;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BuildingBlocks.EventLog.Subscriptions;

/// <summary>
/// Calls out for what is new in one lane of an outbound subscription. It holds the lane by a lease, writes down that
/// each call begins and that it ended, and moves the checkpoint when all calls of a page have: no transaction is open
/// while somebody else's server thinks, and who goes on after a kill repeats only the calls that had begun and not
/// ended. See ADR 26.
/// </summary>
internal sealed class OutboundWorker : LaneWorker
{
    /// <summary>A page ends with its slowest call, and until then no later page begins.</summary>
    private const int LargestPage = 20;

    private readonly Guid lease = Guid.CreateVersion7();
    private readonly Dictionary<string, OutboundReaction> reactions;
    private readonly OutboundCallStore calls;
    private readonly OutboundCaller caller;
    private readonly OutboundLimits limits;
    private readonly ILogger logger;

    public OutboundWorker(
        Subscription subscription,
        IModulePools pools,
        OutboundCaller caller,
        OutboundLimits limits,
        TimeProvider clock,
        IOptions<EventLogOptions> options,
        ILogger<OutboundWorker> logger
    )
        : base(subscription, pools, clock, options.Value, Math.Min(options.Value.PageSize, LargestPage))
    {
        (this.caller, this.limits, this.logger) = (caller, limits, logger);
        calls = new(subscription);
        reactions = subscription.Consumer.Outbound.ToDictionary(reaction => reaction.EventName, StringComparer.Ordinal);
    }

    private protected override async Task<StepOutcome> ApplyAsync(OutboxPage page, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var wanted = page.Events.Where(happened => happened.Payload is not null).ToArray();
        Calls made = new();
        if (wanted.Length > 0)
        {
            if (await TakeLeaseAsync(cancellationToken) is { } refused)
            {
                return refused;
            }

            await Task.WhenAll(
                wanted
                    .GroupBy(happened => happened.Context.Key, StringComparer.Ordinal)
                    .Select(key => CallInOrderAsync([.. key], made, cancellationToken))
            );
        }

        var passed = page.Events.TakeWhile(happened => happened.Payload is null || made.Covers(happened)).ToArray();
        if (passed.Length == 0 && page.Events.Count > 0)
        {
            return await ReleaseAsync(cancellationToken);
        }

        var next =
            passed.Length == page.Events.Count
                ? page.Next
                : Progress! with
                {
                    Target = page.Target,
                    Position = passed[^1].Position,
                };
        return await MoveAsync(passed, made, next, began, cancellationToken);
    }

    /// <returns>Null when the lane is this worker's, and why not else.</returns>
    private async Task<StepOutcome?> TakeLeaseAsync(CancellationToken cancellationToken)
    {
        await using var connection = await Connections.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var locked = await LockAsync(connection, cancellationToken);
        if (locked.Refused is null)
        {
            await Store.LeaseAsync(connection, lease, Clock.GetUtcNow() + OutboundLimits.Margin, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return locked.Refused;
    }

    /// <summary>Calls out for the events of one key, each after the one before.</summary>
    private async Task CallInOrderAsync(
        IReadOnlyList<StoredEvent> events,
        Calls made,
        CancellationToken cancellationToken
    )
    {
        var isBlocked = false;
        foreach (var happened in events)
        {
            if (isBlocked)
            {
                made.Behind(happened);
                continue;
            }

            var reaction = reactions[happened.Context.Type];
            var slots = limits.SlotsOf(reaction);
            await slots.WaitAsync(cancellationToken);
            try
            {
                switch (await CallAsync(happened, reaction, cancellationToken))
                {
                    case CallOutcome.Ended:
                        made.Ended(happened);
                        break;
                    case CallOutcome.Parked:
                        made.Ended(happened);
                        isBlocked = true;
                        break;
                    case CallOutcome.Behind:
                        made.Behind(happened);
                        isBlocked = true;
                        break;
                    default:
                        return;
                }
            }
            finally
            {
                slots.Release();
            }
        }
    }

    private async Task<CallOutcome> CallAsync(
        StoredEvent happened,
        OutboundReaction reaction,
        CancellationToken cancellationToken
    )
    {
        if (Stopping.IsCancellationRequested)
        {
            return CallOutcome.NotBegun;
        }

        var asked = Stopwatch.GetTimestamp();
        var (start, attempt) = await BeginAsync(happened, reaction, cancellationToken);
        switch (start)
        {
            case CallStart.Begun:
                break;
            case CallStart.Ended:
                return CallOutcome.Ended;
            case CallStart.Behind:
                return CallOutcome.Behind;
            default:
                return CallOutcome.NotBegun;
        }

        if (Stopwatch.GetElapsedTime(asked) > OutboundLimits.Margin / 2)
        {
            // This process stood still since it asked, so that the lease may end before the call does.
            return CallOutcome.NotBegun;
        }

        try
        {
            return await caller.CallAsync(
                Subscription.Consumer,
                reaction,
                new(happened.Context with { Attempt = attempt }, happened.Payload!),
                (connection, token) =>
                    calls.TryEndAsync(connection, happened.Context.EventId, attempt, Clock.GetUtcNow(), token),
                cancellationToken
            )
                ? CallOutcome.Ended
                : CallOutcome.NotBegun;
        }
        catch (Exception failure)
            when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (Failures.IsTransient(failure))
            {
                throw;
            }

            return await ParkFailedAsync(happened, attempt, failure, cancellationToken);
        }
    }

    private async Task<(CallStart Start, int Attempt)> BeginAsync(
        StoredEvent happened,
        OutboundReaction reaction,
        CancellationToken cancellationToken
    )
    {
        var now = Clock.GetUtcNow();
        await using var connection = await Connections.OpenConnectionAsync(cancellationToken);
        return await calls.BeginAsync(
            connection,
            happened,
            lease,
            now,
            now + limits.TimeLimitOf(reaction) + OutboundLimits.Margin,
            cancellationToken
        );
    }

    private async Task<CallOutcome> ParkFailedAsync(
        StoredEvent happened,
        int attempt,
        Exception failure,
        CancellationToken cancellationToken
    )
    {
        var context = happened.Context;
        await using (var connection = await Connections.OpenConnectionAsync(cancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (!await calls.TryEndAsync(connection, context.EventId, attempt, Clock.GetUtcNow(), cancellationToken))
            {
                return CallOutcome.NotBegun;
            }

            await ParkAsync(
                connection,
                happened,
                failure.ToString(),
                attempt,
                limits.PauseAfter(attempt),
                cancellationToken
            );
            await transaction.CommitAsync(cancellationToken);
        }

        logger.EventParked(
            failure,
            Subscription.Name,
            context.EventId,
            context.Type,
            context.Key,
            Subscription.Source,
            context.CorrelationId
        );
        return CallOutcome.Parked;
    }

    /// <summary>Nothing could be called, so that the progress stays; others may try.</summary>
    private async Task<StepOutcome> ReleaseAsync(CancellationToken cancellationToken)
    {
        await using var connection = await Connections.OpenConnectionAsync(cancellationToken);
        await Store.ReleaseAsync(connection, lease, cancellationToken);
        return StepOutcome.Elsewhere;
    }

    private async Task<StepOutcome> MoveAsync(
        IReadOnlyList<StoredEvent> passed,
        Calls made,
        Progress next,
        long began,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await Connections.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var locked = await LockAsync(connection, cancellationToken);
        if (locked.Refused is { } refused && (refused != StepOutcome.Paused || locked.WasReset || !made.Any))
        {
            await transaction.CommitAsync(cancellationToken);
            return refused;
        }

        foreach (var happened in passed.Where(made.IsBehind))
        {
            await ParkAsync(connection, happened, error: null, attempts: 0, pause: TimeSpan.Zero, cancellationToken);
        }

        await calls.ForgetAsync(
            connection,
            [.. passed.Where(happened => happened.Payload is not null).Select(happened => happened.Context.EventId)],
            cancellationToken
        );
        MovedTo(next, await Store.MoveAndCommitAsync(connection, next, ReadAt, cancellationToken));
        Count(passed, Stopwatch.GetElapsedTime(began));
        return StepOutcome.Moved;
    }

    /// <summary>
    /// Locks the row where this worker takes it to be, and tells why nothing may be called if so. A checkpoint that was
    /// set by hand pauses the subscription: what was sent before is not sent again without an operator's word.
    /// </summary>
    private async Task<(StepOutcome? Refused, bool WasReset)> LockAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        if (
            await Store.TryLockAsync(connection, Progress!, keys: [], cancellationToken) is not { } locked
            || locked.IsLeasedToAnother(lease, Clock.GetUtcNow())
        )
        {
            return (StepOutcome.Elsewhere, WasReset: false);
        }

        if (locked.IsPaused)
        {
            return (StepOutcome.Paused, locked.WasReset);
        }

        if (!locked.WasReset)
        {
            return (null, WasReset: false);
        }

        await Store.PauseAsync(
            connection,
            "event log",
            "The checkpoint was set by hand. Resume, and all that is published from there on is called out for, also "
                + "what was before.",
            cancellationToken
        );
        logger.OutboundReset(Subscription.Name, Subscription.Source);
        return (StepOutcome.Paused, WasReset: true);
    }

    private enum CallOutcome
    {
        Ended,
        Parked,
        Behind,
        NotBegun,
    }

    /// <summary>What has become of the events of a page. Thread-safe.</summary>
    private sealed class Calls
    {
        private readonly ConcurrentDictionary<long, bool> isBehind = new();

        public bool Any => !isBehind.IsEmpty;

        public void Ended(StoredEvent happened) => isBehind[happened.Position] = false;

        public void Behind(StoredEvent happened) => isBehind[happened.Position] = true;

        public bool Covers(StoredEvent happened) => isBehind.ContainsKey(happened.Position);

        public bool IsBehind(StoredEvent happened) => isBehind.GetValueOrDefault(happened.Position);
    }
}
