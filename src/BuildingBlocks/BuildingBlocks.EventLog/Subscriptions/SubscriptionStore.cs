using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.EventLog.Subscriptions;

/// <summary>One lane of a subscription as its row tells.</summary>
internal sealed record SubscriptionRow(
    Progress Progress,
    Lane Lane,
    short? NextLanes,
    DateTimeOffset? AsOf,
    Pause? Pause
);

/// <summary>An operator's pause of a subscription.</summary>
/// <param name="At">Since when, UTC.</param>
/// <param name="By">The operator.</param>
/// <param name="Reason">Given by the operator.</param>
public sealed record Pause(DateTimeOffset At, string By, string Reason);

/// <summary>A lane that is locked until the transaction ends.</summary>
/// <param name="ParkedKeys">Those of the keys asked for that have parked events.</param>
/// <param name="IsPaused">Nothing may be applied.</param>
/// <param name="WasReset">Outbound only: somebody has set the checkpoint by hand.</param>
/// <param name="Lease">Who calls out for it; null while nobody does.</param>
/// <param name="LeasedUntil">From then on somebody else may.</param>
internal sealed record LockedLane(
    IReadOnlySet<string> ParkedKeys,
    bool IsPaused,
    bool WasReset,
    Guid? Lease,
    DateTimeOffset? LeasedUntil
)
{
    /// <summary>Whether somebody else calls out for it at this time.</summary>
    public bool IsLeasedToAnother(Guid own, DateTimeOffset now) =>
        Lease is { } lease && lease != own && LeasedUntil > now;
}

/// <summary>
/// A subscription's rows, one a lane, in the consumer's schema, read and written as the consumer's app role.
/// </summary>
internal sealed class SubscriptionStore(Subscription subscription)
{
    private readonly string schema = $"\"{subscription.Consumer.Name}\"";
    private readonly ParkedEventStore parked = new(subscription.Consumer.Name);

    /// <summary>
    /// Adds the row of a subscription that never ran, in one lane. It begins with all retained history; one that calls
    /// out of the database with what is published from now on, or it would send mails about what is long over.
    /// </summary>
    /// <param name="connection">Of the consumer.</param>
    /// <param name="outbox">Of the source.</param>
    /// <param name="cancellationToken">Cancels the operation; the row then tells whether it was added.</param>
    public async Task EnsureExistsAsync(
        NpgsqlConnection connection,
        NpgsqlDataSource outbox,
        CancellationToken cancellationToken
    )
    {
        var beginning = Progress.Beginning.Checkpoint;
        if (subscription.IsOutbound)
        {
            await using var now = outbox.CreateCommand("select pg_current_snapshot()::text");
            beginning = (string)(await now.ExecuteScalarAsync(cancellationToken))!;
        }

        await using var command = new NpgsqlCommand(
            $"""
            insert into {schema}.subscriptions (name, source, lane, checkpoint, called)
            select $1, $2, 0, $3::text::pg_snapshot, case when $4 then $3::text::pg_snapshot end
            where not exists (select 1 from {schema}.subscriptions where name = $1 and source = $2) on conflict do nothing
            """,
            connection
        ).With(subscription.Name, subscription.Source, beginning, subscription.IsOutbound);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>All lanes of the subscription, from the first; none when it has no rows.</summary>
    public async Task<IReadOnlyList<SubscriptionRow>> ReadAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            $"select {ProgressColumns}, lane, next_lanes, as_of, paused_at, paused_by, pause_reason from "
                + $"{schema}.subscriptions where name = $1 and source = $2 order by lane",
            connection
        ).With(subscription.Name, subscription.Source);
        List<SubscriptionRow> rows = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            Pause? pause = reader.IsDBNull(8)
                ? null
                : new(reader.GetFieldValue<DateTimeOffset>(8), reader.GetString(9), reader.GetString(10));
            rows.Add(
                new(
                    ProgressOf(reader),
                    new(reader.GetInt16(5), reader.GetInt16(4)),
                    reader.IsDBNull(6) ? null : reader.GetInt16(6),
                    reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7),
                    pause
                )
            );
        }

        return rows;
    }

    /// <summary>
    /// Locks the row of this lane, so that no other worker applies its events until the transaction ends.
    /// </summary>
    /// <param name="connection">In the transaction that will apply the events.</param>
    /// <param name="expected">The progress that the events were read from.</param>
    /// <param name="keys">The keys of the events.</param>
    /// <returns>Null when another Host holds the row or has moved it on.</returns>
    public async Task<LockedLane?> TryLockAsync(
        NpgsqlConnection connection,
        Progress expected,
        string[] keys,
        CancellationToken cancellationToken
    )
    {
        // The parked keys may be older than the lock, but then somebody parked them and moved the progress, and the
        // comparison fails.
        await using var command = Command(
            connection,
            $"""
            select {ProgressColumns}, paused_at is not null,
                   {parked.KeysAmong("$4", "$1", "$2")}, called::text <> checkpoint::text, lease_id, leased_until
            from {schema}.subscriptions where name = $1 and source = $2 and lane = $3 for update skip locked
            """,
            (object)keys
        ); // one parameter that is an array, not a parameter a key
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return
            await reader.ReadAsync(cancellationToken)
            && ProgressOf(reader) == expected
            && reader.GetInt16(4) == subscription.Lane.Count
            ? new(
                reader.GetFieldValue<string[]>(6).ToHashSet(StringComparer.Ordinal),
                reader.GetBoolean(5),
                WasReset: !reader.IsDBNull(7) && reader.GetBoolean(7),
                reader.IsDBNull(8) ? null : reader.GetGuid(8),
                reader.IsDBNull(9) ? null : reader.GetFieldValue<DateTimeOffset>(9)
            )
            : null;
    }

    /// <summary>Changes the number of lanes to what was asked for, once all of them have reached the barrier.</summary>
    /// <returns>False while some have not.</returns>
    public async Task<bool> TryChangeLanesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            $"""
            with lanes_of as materialized (select * from {schema}.subscriptions where name = $1 and source = $2 order by lane for update),
                 first as (select * from lanes_of where lane = 0 and (select bool_and(target is null and checkpoint::text = barrier::text) from lanes_of)),
                 gone as (delete from {schema}.subscriptions s using first where s.name = $1 and s.source = $2 and s.lane >= first.next_lanes)
            insert into {schema}.subscriptions (name, source, lane, lanes, checkpoint, as_of, updated_at, paused_at, paused_by, pause_reason, called)
            select name, source, number, next_lanes, checkpoint, (select min(as_of) from lanes_of), updated_at, paused_at, paused_by, pause_reason, called
            from first cross join generate_series(0, next_lanes - 1) number
            on conflict (name, source, lane) do update set lanes = excluded.lanes, as_of = excluded.as_of, barrier = null, next_lanes = null
            """,
            connection
        ).With(subscription.Name, subscription.Source);
        var changed = await command.ExecuteNonQueryAsync(cancellationToken) > 0;
        await transaction.CommitAsync(cancellationToken);
        return changed;
    }

    /// <summary>Moves the progress on and commits the transaction, in one round trip.</summary>
    /// <param name="connection">In the transaction that applied or parked what lies between.</param>
    /// <param name="progress">From now on.</param>
    /// <param name="readAt">When its events were read.</param>
    /// <param name="cancellationToken">Cancels the operation; the row then tells whether the transaction was
    /// committed.</param>
    /// <returns>The time as of which the subscription is current: when a step is finished that of reading it, or of the
    /// oldest event that is parked.</returns>
    public async Task<DateTimeOffset?> MoveAndCommitAsync(
        NpgsqlConnection connection,
        Progress progress,
        DateTimeOffset readAt,
        CancellationToken cancellationToken
    )
    {
        NpgsqlBatchCommand move = new(
            $"""
            update {schema}.subscriptions
            set checkpoint = $4::text::pg_snapshot, target = $5::text::pg_snapshot, position = $6, updated_at = clock_timestamp(),
                as_of = case when $5::text is null then least($7, {parked.OldestOf("$1", "$2")}) else as_of end{(
                subscription.IsOutbound ? ", called = $4::text::pg_snapshot, lease_id = null, leased_until = null" : ""
            )}
            where name = $1 and source = $2 and lane = $3 returning as_of
            """
        );
        move.Parameters.With(
            subscription.Name,
            subscription.Source,
            subscription.Lane.Number,
            progress.Checkpoint,
            progress.Target,
            progress.Position,
            readAt
        );
        await using NpgsqlBatch batch = new(connection) { BatchCommands = { move, new("commit") } };
        return InstantOf(await batch.ExecuteScalarAsync(cancellationToken));
    }

    /// <summary>When the oldest event that is parked was written; null when none is.</summary>
    public async Task<DateTimeOffset?> OldestParkedAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand($"select {parked.OldestOf("$1", "$2")}", connection).With(
            subscription.Name,
            subscription.Source
        );
        return InstantOf(await command.ExecuteScalarAsync(cancellationToken));
    }

    /// <summary>Has nothing applied or retried until it is resumed.</summary>
    public Task PauseAsync(
        NpgsqlConnection connection,
        string operatorId,
        string reason,
        CancellationToken cancellationToken
    ) =>
        UpdateAsync(
            connection,
            "paused_at = clock_timestamp(), paused_by = $3, pause_reason = $4",
            cancellationToken,
            operatorId,
            reason
        );

    /// <summary>Resumes a paused subscription at its checkpoint, which may have been set by hand meanwhile.</summary>
    public Task ResumeAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        UpdateAsync(
            connection,
            "paused_at = null, paused_by = null, pause_reason = null"
                + (subscription.IsOutbound ? ", called = checkpoint" : ""),
            cancellationToken
        );

    /// <summary>Has nobody else call out for this lane until a time; the row is locked.</summary>
    public async Task LeaseAsync(
        NpgsqlConnection connection,
        Guid lease,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(
            connection,
            $"update {schema}.subscriptions set lease_id = $4, leased_until = $5 where name = $1 and source = $2 and "
                + "lane = $3",
            lease,
            until
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Lets others call out for this lane, if it is still this lease's.</summary>
    public async Task ReleaseAsync(NpgsqlConnection connection, Guid lease, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection,
            $"update {schema}.subscriptions set lease_id = null, leased_until = null where name = $1 and source = $2 "
                + "and lane = $3 and lease_id = $4",
            lease
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Locks all lanes.</summary>
    /// <param name="connection">In the transaction that holds the locks.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether their number is being changed.</returns>
    public async Task<bool> LockLanesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select barrier is not null from {schema}.subscriptions where name = $1 and source = $2 order by lane "
                + "for update",
            connection
        ).With(subscription.Name, subscription.Source);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Has all lanes stop at a snapshot of the source and go on from there in another number.</summary>
    public Task BeginLaneChangeAsync(
        NpgsqlConnection connection,
        string barrier,
        short lanes,
        CancellationToken cancellationToken
    ) => UpdateAsync(connection, "barrier = $3::text::pg_snapshot, next_lanes = $4", cancellationToken, barrier, lanes);

    private async Task UpdateAsync(
        NpgsqlConnection connection,
        string changes,
        CancellationToken cancellationToken,
        params object[] values
    )
    {
        await using var command = new NpgsqlCommand(
            $"update {schema}.subscriptions set {changes} where name = $1 and source = $2",
            connection
        )
            .With(subscription.Name, subscription.Source)
            .With(values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, string sql, params ReadOnlySpan<object?> values) =>
        new NpgsqlCommand(sql, connection)
            .With(subscription.Name, subscription.Source, subscription.Lane.Number)
            .With(values);

    private static DateTimeOffset? InstantOf(object? timestamp) =>
        timestamp is DateTime utc ? new DateTimeOffset(utc) : null;

    private const string ProgressColumns = "checkpoint::text, target::text, position, barrier::text, lanes";

    private static Progress ProgressOf(NpgsqlDataReader reader) =>
        new(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt64(2))
        {
            Barrier = reader.IsDBNull(3) ? null : reader.GetString(3),
        };
}
