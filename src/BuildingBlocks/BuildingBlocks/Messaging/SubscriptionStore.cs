using BuildingBlocks.Persistence;
using Npgsql;

namespace BuildingBlocks.Messaging;

/// <summary>A subscription's row and its parked events, in the consumer's schema, read and written as the consumer's app role.</summary>
internal sealed class SubscriptionStore(Subscription subscription)
{
    private readonly string schema = $"\"{subscription.Consumer.Name}\"";

    /// <summary>Adds the row of a subscription that never ran; it begins with all retained history.</summary>
    public async Task EnsureExistsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection,
            $"insert into {schema}.subscriptions (name, source, lane, checkpoint) values ($1, $2, $3, $4::text::pg_snapshot) on conflict do nothing",
            Progress.Beginning.Checkpoint);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<Progress> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection, $"select checkpoint::text, target::text, position from {schema}.subscriptions where name = $1 and source = $2 and lane = $3");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? ProgressOf(reader)
            : throw new InvalidOperationException($"The row of subscription {subscription} has disappeared from {schema}.subscriptions.");
    }

    /// <summary>
    /// Locks the row, so that nobody else applies events of this subscription until the transaction ends.
    /// </summary>
    /// <param name="connection">In the transaction that will apply the events.</param>
    /// <param name="expected">The progress that the events were read from.</param>
    /// <param name="keys">The keys of the events.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Those of the keys that are parked; null when another Host holds the row or has moved it on.</returns>
    public async Task<IReadOnlySet<string>?> TryLockAsync(NpgsqlConnection connection, Progress expected, string[] keys, CancellationToken cancellationToken)
    {
        // The parked keys may be older than the lock, but then somebody parked them and moved the progress, and the comparison fails.
        await using var command = Command(
            connection,
            $"""
            select checkpoint::text, target::text, position,
                   array(select distinct key from {schema}.parked_events where subscription = $1 and source = $2 and key = any ($4))
            from {schema}.subscriptions where name = $1 and source = $2 and lane = $3 for update skip locked
            """,
            (object)keys);   // one parameter that is an array, not a parameter a key
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && ProgressOf(reader) == expected
            ? reader.GetFieldValue<string[]>(3).ToHashSet(StringComparer.Ordinal)
            : null;
    }

    public async Task MoveAsync(NpgsqlConnection connection, Progress progress, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection,
            $"""
            update {schema}.subscriptions
            set checkpoint = $4::text::pg_snapshot, target = $5::text::pg_snapshot, position = $6, updated_at = clock_timestamp()
            where name = $1 and source = $2 and lane = $3
            """,
            progress.Checkpoint,
            progress.Target,
            progress.Position);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Parks an event.</summary>
    /// <param name="connection">In the transaction that moves the progress past the event.</param>
    /// <param name="happened">The event, with its payload.</param>
    /// <param name="error">Why it failed; null when it only waits behind another of its key.</param>
    /// <param name="nextTryAt">When it is to be tried.</param>
    /// <param name="now">When it is parked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ParkAsync(
        NpgsqlConnection connection, StoredEvent happened, string? error, DateTimeOffset nextTryAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var context = happened.Context;
        await using var command = Command(
            connection,
            $"""
            insert into {schema}.parked_events (subscription, source, lane, position, event_id, event_type, event_version, key, payload, correlation_id,
              causation_id, trace_parent, occurred_at, status, attempts, error, next_try_at, parked_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12, $13, 'waiting', $14, $15, $16, $17)
            """,
            happened.Position,
            context.EventId,
            context.Type,
            context.Version,
            context.Key,
            happened.Payload!,
            context.CorrelationId,
            context.CausationId,
            context.TraceParent,
            context.OccurredAt,
            error is null ? 0 : 1,
            error,
            nextTryAt,
            now);
        await command.ExecuteNonQueryAsync(cancellationToken);
        EventLogDiagnostics.Parked.Add(1, new KeyValuePair<string, object?>("consumer", subscription.Name), new("source", subscription.Source));
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, string sql, params ReadOnlySpan<object?> values) =>
        new NpgsqlCommand(sql, connection).With(subscription.Name, subscription.Source, Subscription.Lane).With(values);

    private static Progress ProgressOf(NpgsqlDataReader reader) => new(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt64(2));
}
