using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Signals;

namespace BuildingBlocks.EventLog.Publishing;

/// <summary>Notifications held back until a module's transaction commits. Not thread-safe.</summary>
/// <param name="module">The module's name.</param>
internal sealed class HeldNotifications(string module)
{
    private readonly HashSet<string> eventTypes = new(StringComparer.Ordinal);
    private int published;
    private Action? shortcuts;

    /// <summary>An event of this wire name was written into the outbox.</summary>
    public void Published(string eventType)
    {
        published++;
        eventTypes.Add(eventType);
    }

    /// <summary>Something else is to be done once the transaction is committed.</summary>
    public void Then(Action shortcut) => shortcuts += shortcut;

    /// <summary>
    /// The transaction is committed: wakes the subscribers of its events, and does what else was to follow.
    /// </summary>
    public void Send(EventSignals signals)
    {
        if (published > 0)
        {
            EventLogDiagnostics.Sent.Add(
                published,
                new(EventLogDiagnostics.SystemTag, EventLogDiagnostics.System),
                new(EventLogDiagnostics.SourceTag, module)
            );
            signals.Notify(module, [.. eventTypes]);
        }

        shortcuts?.Invoke();
        published = 0;
        eventTypes.Clear();
        shortcuts = null;
    }
}
