using BuildingBlocks.Modules;
using BuildingBlocks.Persistence;

namespace BuildingBlocks.Messaging;

/// <summary>Looks, with one statement a module, whether an appointment or a retry is due, and does what is.</summary>
internal sealed class DueWork(ModuleDataSources sources, EventScheduler scheduler, ParkedEventRetry retry, TimeProvider clock)
{
    /// <summary>A step that does some of what is due, and tells whether there may be more.</summary>
    public Func<CancellationToken, Task<bool>> For(ModuleDescriptor module)
    {
        var (schedule, tryAgain) = (scheduler.For(module), retry.For(module));
        return async token =>
        {
            var (appointments, retries) = await LookAsync(module.Name, token);
            var moved = appointments && await schedule(token);
            return (retries && await tryAgain(token)) || moved;
        };
    }

    private async Task<(bool Appointments, bool Retries)> LookAsync(string module, CancellationToken cancellationToken)
    {
        // Not "exists", for the reason of OutboxWatch.
        await using var command = sources.Of(module)
            .CreateCommand($"""
            select (select due_at from "{module}".scheduled_events where due_at <= $1 order by due_at limit 1) is not null,
                   (select next_try_at from "{module}".parked_events where status = 'waiting' and next_try_at <= $1 order by next_try_at limit 1) is not null
            """)
            .With(clock.GetUtcNow());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetBoolean(0), reader.GetBoolean(1));
    }
}
