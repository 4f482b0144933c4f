using System.Diagnostics;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Sagas;
using BuildingBlocks.EventLog.Signals;

namespace BuildingBlocks.EventLog.Publishing;

/// <summary>What a module's transaction has brought about and nobody may hear of before it is committed. Not thread-safe.</summary>
/// <param name="module">The module's name.</param>
internal sealed class Announcements(string module)
{
    private readonly List<SagaEnd> sagas = [];
    private readonly HashSet<string> eventTypes = new(StringComparer.Ordinal);
    private int published;
    private Action? shortcuts;

    /// <summary>An event of this wire name was written into the outbox.</summary>
    public void Published(string eventType)
    {
        published++;
        eventTypes.Add(eventType);
    }

    /// <summary>Something else is to be woken.</summary>
    public void Then(Action shortcut) => shortcuts += shortcut;

    public void SagaEnded(string saga, SagaStatus outcome, TimeSpan taken) => sagas.Add(new(saga, outcome, taken));

    /// <summary>The transaction is committed: wakes who waits for its events, and counts.</summary>
    public void Tell(EventSignals signals)
    {
        if (published > 0)
        {
            EventLogDiagnostics.Sent.Add(published, new(EventLogDiagnostics.SystemTag, EventLogDiagnostics.System), new(EventLogDiagnostics.SourceTag, module));
            signals.Notify(module, [.. eventTypes]);
        }

        shortcuts?.Invoke();
        foreach (var end in sagas)
        {
            EventLogDiagnostics.SagaDuration.Record(
                end.Taken.TotalSeconds, new TagList { { "saga.name", end.Saga }, { "saga.outcome", end.Outcome.ToString().ToLowerInvariant() }, { "saga.module", module } });
        }

        published = 0;
        eventTypes.Clear();
        shortcuts = null;
        sagas.Clear();
    }

    private readonly record struct SagaEnd(string Saga, SagaStatus Outcome, TimeSpan Taken);
}
