using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Storage;
using Microsoft.Extensions.DependencyInjection;
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
/// Reads one lane of a subscription and follows how far it has come, page by page; what is done with a page, and how
/// the progress moves on with it, is for those who derive. Not thread-safe; any number of workers of the same lane may
/// run in other Hosts.
/// </summary>
internal abstract class LaneWorker
{
    /// <summary>
    /// After this long a worker reads its row again, because no signal is sent when an operator resets it by hand.
    /// </summary>
    public static readonly TimeSpan ProgressRefreshInterval = TimeSpan.FromSeconds(30);

    private readonly OutboxReader reader;
    private DateTimeOffset progressSeenAt;

    private protected LaneWorker(
        Subscription subscription,
        IModulePools pools,
        TimeProvider clock,
        EventLogOptions options,
        int pageSize
    )
    {
        (Subscription, Clock, Options) = (subscription, clock, options);
        Connections = pools.Of(subscription.Consumer.Name);
        Outbox = pools.Of(subscription.Source);
        Store = new(subscription);
        Parked = new(subscription.Consumer.Name);
        reader = new(Outbox, subscription.Source, subscription.EventTypes, subscription.Lane, pageSize);
    }

    /// <summary>Once it is cancelled, what is at hand is finished and nothing new begun.</summary>
    public CancellationToken Stopping { get; set; }

    private protected Subscription Subscription { get; }

    private protected SubscriptionStore Store { get; }

    private protected ParkedEventStore Parked { get; }

    private protected NpgsqlDataSource Connections { get; }

    private protected NpgsqlDataSource Outbox { get; }

    private protected TimeProvider Clock { get; }

    private protected EventLogOptions Options { get; }

    /// <summary>How far the lane had come when it was last seen; null when the row is to be read first.</summary>
    private protected Progress? Progress { get; private set; }

    /// <summary>When the page at hand was read.</summary>
    private protected DateTimeOffset ReadAt { get; private set; }

    /// <summary>A worker of the kind that the subscription asks for.</summary>
    public static LaneWorker For(Subscription subscription, IServiceProvider services) =>
        subscription.IsOutbound
            ? ActivatorUtilities.CreateInstance<OutboundWorker>(services, subscription)
            : ActivatorUtilities.CreateInstance<SubscriptionWorker>(services, subscription);

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
            ReadAt = MicrosecondsOf(Clock.GetUtcNow());
            if (Progress is null || ReadAt - progressSeenAt > ProgressRefreshInterval)
            {
                Progress = await ReadProgressAsync(cancellationToken);
                progressSeenAt = ReadAt;
            }

            outcome = Progress is null ? StepOutcome.Relaned : await StepFromAsync(Progress, cancellationToken);
            return outcome;
        }
        finally
        {
            if (outcome is not (StepOutcome.Idle or StepOutcome.Moved))
            {
                // Whether a commit that failed was made, and what others did meanwhile, is for the row to say.
                Progress = null;
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

        await BeCurrentAsync(ReadAt, cancellationToken);
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
        await using var connection = await Connections.OpenConnectionAsync(cancellationToken);
        return await Store.TryChangeLanesAsync(connection, cancellationToken)
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
                    finishedSteps += Progress is { Target: null } ? 1 : 0;
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
            Progress is { } known
            && await Store.TryLockAsync(connection, known, keys: [], cancellationToken) is not null
        )
        {
            return true;
        }

        Progress = null;
        return false;
    }

    /// <returns>Null when the subscription has another number of lanes, or is a rebuild that is over.</returns>
    private async Task<Progress?> ReadProgressAsync(CancellationToken cancellationToken)
    {
        await using var connection = await Connections.OpenConnectionAsync(cancellationToken);
        var rows = await Store.ReadAsync(connection, cancellationToken);
        if (rows.Count == 0 && !Subscription.IsRebuild)
        {
            // The source has to know the reader first, so that retention keeps unread events.
            await OutboxConsumers.EnsureKnownAsync(Outbox, Subscription, cancellationToken);
            await Store.EnsureExistsAsync(connection, Outbox, cancellationToken);
            rows = await Store.ReadAsync(connection, cancellationToken);
        }

        if (rows.FirstOrDefault(one => one.Lane == Subscription.Lane) is not { } row)
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
            await using var connection = await Connections.OpenConnectionAsync(cancellationToken);
            oldestParked = await Store.OldestParkedAsync(connection, cancellationToken);
            MayHaveParked = oldestParked is not null;
        }

        CurrentAsOf = oldestParked < at ? oldestParked : at;
    }

    /// <summary>Does what is to be done about a page that moves the progress on.</summary>
    private protected abstract Task<StepOutcome> ApplyAsync(OutboxPage page, CancellationToken cancellationToken);

    /// <summary>The progress has moved on, and that is committed.</summary>
    /// <param name="next">From now on.</param>
    /// <param name="asOf">As of when the subscription is current.</param>
    private protected void MovedTo(Progress next, DateTimeOffset? asOf)
    {
        (Progress, progressSeenAt) = (next, ReadAt);
        CurrentAsOf = asOf;
        MayHaveParked = asOf < ReadAt;
    }

    private protected async Task ParkAsync(
        NpgsqlConnection connection,
        StoredEvent happened,
        string? error,
        int attempts,
        TimeSpan pause,
        CancellationToken cancellationToken
    )
    {
        var now = Clock.GetUtcNow();
        await Parked.AddAsync(
            connection,
            Subscription.Name,
            Subscription.Lane.Number,
            happened.Position,
            happened.Context,
            happened.Payload!,
            error,
            attempts,
            now + pause,
            now,
            cancellationToken
        );
    }

    private protected void Count(IReadOnlyList<StoredEvent> events, TimeSpan taken)
    {
        var (now, count) = (Clock.GetUtcNow(), 0);
        var tags = Subscription.Tags;
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
