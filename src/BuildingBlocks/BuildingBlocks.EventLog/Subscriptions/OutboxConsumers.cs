using BuildingBlocks.EventLog.Storage;
using Npgsql;

namespace BuildingBlocks.EventLog.Subscriptions;

/// <summary>
/// What a module knows of those who read its outbox; kept in its own schema, by its own role, so that history is kept
/// for a consumer that runs in another Host just as for one in this.
/// </summary>
internal static class OutboxConsumers
{
    /// <summary>Registers a consumer that has read nothing yet.</summary>
    public static async Task EnsureKnownAsync(
        NpgsqlDataSource outbox,
        Subscription subscription,
        CancellationToken cancellationToken
    )
    {
        await using var command = outbox
            .CreateCommand(
                $"""insert into "{subscription.Source}".outbox_consumers (name, checkpoints) values ($1, array[$2::text::pg_snapshot]) on conflict do nothing"""
            )
            .With(subscription.Name, Progress.Beginning.Checkpoint);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Reports a consumer's progress in each of its lanes.</summary>
    public static async Task ReportAsync(
        NpgsqlDataSource outbox,
        Subscription subscription,
        IEnumerable<SubscriptionRow> lanes,
        CancellationToken cancellationToken
    )
    {
        // Two Hosts may report in any order: an older report only keeps more for longer.
        await using var command = outbox
            .CreateCommand(
                $"""
                insert into "{subscription.Source}".outbox_consumers (name, checkpoints) values ($1, $2::text[]::pg_snapshot[])
                on conflict (name) do update set checkpoints = excluded.checkpoints, reported_at = clock_timestamp()
                """
            )
            .With(subscription.Name, lanes.Select(lane => lane.Progress.Checkpoint).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Removes a consumer that will read no more.</summary>
    /// <returns>False when it was not known.</returns>
    public static async Task<bool> ForgetAsync(
        NpgsqlDataSource outbox,
        string source,
        string name,
        CancellationToken cancellationToken
    )
    {
        await using var command = outbox
            .CreateCommand($"""delete from "{source}".outbox_consumers where name = $1""")
            .With(name);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Events from before this time are gone; null while all are there.</summary>
    public static async Task<DateTimeOffset?> PrunedBeforeAsync(
        NpgsqlDataSource outbox,
        string source,
        CancellationToken cancellationToken
    )
    {
        await using var command = outbox.CreateCommand($"""select pruned_before from "{source}".outbox_retention""");
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime utc ? new DateTimeOffset(utc) : null;
    }
}
