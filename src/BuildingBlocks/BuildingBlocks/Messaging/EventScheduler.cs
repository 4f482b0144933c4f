using BuildingBlocks.Modules;
using BuildingBlocks.Persistence;

namespace BuildingBlocks.Messaging;

/// <summary>Moves scheduled events into the outbox once they are due, under the id they were scheduled with.</summary>
internal sealed class EventScheduler(ModuleDataSources sources, EventSignals signals, TimeProvider clock)
{
    private const int BatchSize = 500;

    /// <summary>A step that moves what is due, and tells whether there may be more.</summary>
    public Func<CancellationToken, Task<bool>> For(ModuleDescriptor module) => token => MoveDueAsync(module.Name, token);

    private async Task<bool> MoveDueAsync(string module, CancellationToken cancellationToken)
    {
        const string Columns = "event_id, event_type, event_version, key, payload, correlation_id, causation_id, trace_parent";
        await using var command = sources.Of(module)
            .CreateCommand($"""
            with due as (
              delete from "{module}".scheduled_events where event_id in (
                select event_id from "{module}".scheduled_events where due_at <= $1 order by due_at limit {BatchSize} for update skip locked)
              returning due_at, {Columns})
            insert into "{module}".outbox ({Columns}) select {Columns} from due order by due_at returning event_type
            """)
            .With(clock.GetUtcNow());
        Announcements announcements = new(module);
        var moved = 0;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            for (; await reader.ReadAsync(cancellationToken); moved++)
            {
                announcements.Published(reader.GetString(0));
            }
        }

        announcements.Tell(signals);
        return moved == BatchSize;
    }
}
