using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.EventLog.Subscriptions;

/// <summary>What may be done about an event whose call was to begin.</summary>
internal enum CallStart
{
    /// <summary>It is to be called out for now; that it was begun is written down.</summary>
    Begun,

    /// <summary>An earlier call for it ended, or it is parked: there is nothing to do.</summary>
    Ended,

    /// <summary>An earlier event of its key is parked, so it is to be parked behind it.</summary>
    Behind,

    /// <summary>The subscription is paused, or somebody else calls out for this lane.</summary>
    Refused,
}

/// <summary>
/// The calls of one lane that were begun and lie beyond its checkpoint: all SQL on <c>outbound_calls</c>, run with
/// connections of the module's app role.
/// </summary>
internal sealed class OutboundCallStore(Subscription subscription)
{
    private readonly string schema = $"\"{subscription.Consumer.Name}\"";
    private readonly ParkedEventStore parked = new(subscription.Consumer.Name);

    /// <summary>Writes down that a call begins, and keeps the lane until it must have ended.</summary>
    /// <returns>What may be done, and which try it is.</returns>
    public async Task<(CallStart Start, int Attempt)> BeginAsync(
        NpgsqlConnection connection,
        StoredEvent happened,
        Guid lease,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            await using var command = new NpgsqlCommand(
                $"""
                with lane as (
                       update {schema}.subscriptions set leased_until = greatest(leased_until, $6)
                       where name = $1 and source = $2 and lane = $3 and lease_id = $4 and paused_at is null returning 1),
                     waiting as materialized (select 1 where cardinality({parked.KeysAmong(
                    "array[$8]",
                    "$1",
                    "$2"
                )}) > 0),
                     begun as (
                       insert into {schema}.outbound_calls (subscription, source, event_id, attempts, began_at)
                       select $1, $2, $5, 1, $7 from lane where not exists (select 1 from waiting)
                       on conflict (subscription, source, event_id) do update
                         set attempts = outbound_calls.attempts + 1, began_at = excluded.began_at where outbound_calls.ended_at is null
                       returning attempts)
                select exists (select 1 from lane), exists (select 1 from waiting), (select attempts from begun),
                       exists (select 1 from {schema}.outbound_calls where subscription = $1 and source = $2 and event_id = $5 and ended_at is not null)
                """,
                connection
            ).With(
                subscription.Name,
                subscription.Source,
                subscription.Lane.Number,
                lease,
                happened.Context.EventId,
                until,
                now,
                happened.Context.Key
            );
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            if (reader.GetBoolean(3))
            {
                return (CallStart.Ended, 0);
            }

            if (!reader.GetBoolean(0))
            {
                return (CallStart.Refused, 0);
            }

            if (reader.GetBoolean(1))
            {
                return (CallStart.Behind, 0);
            }

            if (!reader.IsDBNull(2))
            {
                return (CallStart.Begun, reader.GetInt32(2));
            }

            // It ended while this statement was under way; another sees how.
        }
    }

    /// <summary>
    /// Writes down that a call ended, in the transaction that saves what came of it or parks the event.
    /// </summary>
    /// <returns>False when it was begun anew meanwhile, or has ended.</returns>
    public async Task<bool> TryEndAsync(
        NpgsqlConnection connection,
        Guid eventId,
        int attempt,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            $"update {schema}.outbound_calls set ended_at = $5 where subscription = $1 and source = $2 and event_id = "
                + "$3 and attempts = $4 and ended_at is null",
            connection
        ).With(subscription.Name, subscription.Source, eventId, attempt, now);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Forgets calls that the checkpoint moves past.</summary>
    public async Task ForgetAsync(NpgsqlConnection connection, Guid[] eventIds, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"delete from {schema}.outbound_calls where subscription = $1 and source = $2 and event_id = any ($3)",
            connection
        ).With(subscription.Name, subscription.Source, eventIds);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
