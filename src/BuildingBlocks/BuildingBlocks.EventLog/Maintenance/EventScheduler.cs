using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Sagas;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Storage;

namespace BuildingBlocks.EventLog.Maintenance;

/// <summary>
/// Moves scheduled events into the outbox once they are due, under the id they were scheduled with; what has become
/// pointless is dropped then.
/// </summary>
internal sealed class EventScheduler(IModulePools pools, EventSignals signals, TimeProvider clock)
{
    private const int BatchSize = 500;

    /// <summary>A step that moves due events to the outbox; it returns whether there may be more.</summary>
    public Func<CancellationToken, Task<bool>> For(LogModule module)
    {
        const string Columns =
            "event_id, event_type, event_version, key, payload, correlation_id, causation_id, trace_parent";
        var move = $"""
            with due as (
              delete from "{module.Name}".scheduled_events where event_id in (
                select event_id from "{module.Name}".scheduled_events where due_at <= $1 order by due_at limit {BatchSize} for update skip locked)
              returning due_at, {Columns}),
            moved as (
              insert into "{module.Name}".outbox ({Columns}) select {Columns} from due
              where {(module.Sagas.Count > 0 ? $"not {SagaStepTimedOutV1.IsPointless(module.Name, "due")}" : "true")}
              order by due_at returning event_type)
            select (select count(*)::integer from due), array(select event_type from moved)
            """;
        return token => MoveDueAsync(module.Name, move, token);
    }

    private async Task<bool> MoveDueAsync(string module, string move, CancellationToken cancellationToken)
    {
        await using var command = pools.Of(module).CreateCommand(move).With(clock.GetUtcNow());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        HeldNotifications held = new(module);
        foreach (var moved in await reader.GetFieldValueAsync<string[]>(1, cancellationToken))
        {
            held.Published(moved);
        }

        held.Send(signals);
        return reader.GetInt32(0) == BatchSize;
    }
}
