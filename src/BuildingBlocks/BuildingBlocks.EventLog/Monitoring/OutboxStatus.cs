using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using Npgsql;

namespace BuildingBlocks.EventLog.Monitoring;

/// <summary>What a module keeps of its published events, and for whom.</summary>
/// <param name="Module">The publisher.</param>
/// <param name="OldestAt">When the oldest event that is kept was written, UTC; null when there is none.</param>
/// <param name="PrunedBefore">Events from before this time have been deleted, UTC; null when none have.</param>
/// <param name="PrunedEvents">How many have been deleted so far.</param>
/// <param name="Consumers">Who reads them; what one of them has yet to read is kept.</param>
public sealed record OutboxStatus(
    string Module,
    DateTimeOffset? OldestAt,
    DateTimeOffset? PrunedBefore,
    long PrunedEvents,
    IReadOnlyList<OutboxConsumer> Consumers
);

/// <summary>A consumer group that reads an outbox, in this Host or another.</summary>
/// <param name="Name">The consumer group.</param>
/// <param name="ReportedAt">When it last told how far it has come, UTC. One that is silent for long may be gone for
/// good, and keeps events from being pruned.</param>
public sealed record OutboxConsumer(string Name, DateTimeOffset ReportedAt);

/// <summary>Tells what the outboxes of this Host's modules, and those that feeds bring here, keep.</summary>
internal sealed class OutboxMonitor(EventLogCatalog catalog, IModulePools pools)
{
    /// <summary>All outboxes, in the order of the modules, then of the feeds.</summary>
    /// <exception cref="NpgsqlException">A database cannot be used.</exception>
    public async Task<IReadOnlyList<OutboxStatus>> ReadAsync(CancellationToken cancellationToken)
    {
        List<OutboxStatus> all = [];
        foreach (var module in catalog.Outboxes)
        {
            await using var command = pools
                .Of(module)
                .CreateCommand(
                    $"""
                    select (select occurred_at from "{module}".outbox order by position limit 1), pruned_before, coalesce(events, 0),
                           array(select name from "{module}".outbox_consumers order by name), array(select reported_at from "{module}".outbox_consumers order by name)
                    from (values (true)) one (row) left join "{module}".outbox_retention on only_row
                    """
                );
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var consumers = reader
                .GetFieldValue<string[]>(3)
                .Zip(reader.GetFieldValue<DateTimeOffset[]>(4), (name, at) => new OutboxConsumer(name, at));
            all.Add(new(module, InstantAt(reader, 0), InstantAt(reader, 1), reader.GetInt64(2), [.. consumers]));
        }

        return all;
    }

    private static DateTimeOffset? InstantAt(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
