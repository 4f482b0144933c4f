using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Publishing;

namespace BuildingBlocks.EventLog.Sagas;

/// <summary>One run of a saga with what it works on, while one event or command moves it.</summary>
internal sealed record SagaRun<TState>(
    ModuleDbContext Db,
    SagaInstance Instance,
    TState State,
    Guid? EventId,
    DateTimeOffset Now
)
    where TState : class
{
    /// <summary>Whether the run waits for this answer; an answer that comes too late is only noted.</summary>
    public bool IsAt(int step, SagaStatus status, EventContext context)
    {
        if (IsAt(step, status))
        {
            return true;
        }

        Note(step: null, "late answer ignored", context.Type);
        return false;
    }

    public bool IsAt(int step, SagaStatus status) => Instance.Status == status && Instance.Step == step;

    public void Note(string? step, string what, string? detail = null) =>
        Db.Add(
            new SagaHistoryEntry
            {
                Saga = Instance.Saga,
                Id = Instance.Id,
                Step = step,
                What = what,
                Detail = detail,
                EventId = EventId,
                At = Now,
            }
        );

    public void End(SagaStatus status, IIntegrationEvent announcement)
    {
        var outcome = status.ToString().ToLowerInvariant();
        Instance.Status = status;
        Instance.EndedAt = Now;
        Db.Publish(announcement);
        var (module, saga, taken) = (Db.Schema, Instance.Saga, Now - Instance.StartedAt);
        Db.OnceCommitted(() => EventLogDiagnostics.SagaEnded(module, saga, outcome, taken));
        Note(step: null, "ended", outcome);
    }
}
