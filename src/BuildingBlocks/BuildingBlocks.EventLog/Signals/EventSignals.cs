using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace BuildingBlocks.EventLog.Signals;

/// <summary>
/// Wakes the subscribers of a module as soon as it has committed events they react to. Signals only save
/// time: polling finds the same events. Thread-safe.
/// </summary>
internal sealed class EventSignals
{
    private readonly ConcurrentDictionary<string, ImmutableArray<Listener>> listeners = new(StringComparer.Ordinal);

    /// <summary>
    /// Told, with the module's name and the types, when events were committed in this process: other Hosts have to be
    /// woken as well.
    /// </summary>
    public Action<string, IReadOnlyCollection<string>>? Committed { get; set; }

    /// <summary>A signal that is raised whenever the module has committed events.</summary>
    /// <param name="source">The module.</param>
    /// <param name="eventTypes">Only events of these wire names; all when left out.</param>
    public Signal Listen(string source, IReadOnlyCollection<string>? eventTypes = null)
    {
        Listener listener = new(new(), eventTypes);
        listeners.AddOrUpdate(source, _ => [listener], (_, others) => others.Add(listener));
        return listener.Signal;
    }

    /// <summary>Removes a signal.</summary>
    public void Forget(string source, Signal signal) =>
        listeners.AddOrUpdate(source, _ => [], (_, all) => all.RemoveAll(one => one.Signal == signal));

    /// <summary>The module has committed events in this process.</summary>
    /// <param name="source">The module.</param>
    /// <param name="eventTypes">Their wire names; none when it may be any.</param>
    public void Notify(string source, IReadOnlyCollection<string> eventTypes)
    {
        Wake(source, eventTypes);
        Committed?.Invoke(source, eventTypes);
    }

    /// <summary>
    /// Wakes the subscribers in this process, wherever the module's events were committed.
    /// </summary>
    /// <param name="source">The module.</param>
    /// <param name="eventTypes">Wakes only those who react to one of these wire names; everybody when there are
    /// none.</param>
    public void Wake(string source, IReadOnlyCollection<string> eventTypes)
    {
        foreach (var (signal, wanted) in listeners.GetValueOrDefault(source, []))
        {
            if (wanted is null || eventTypes.Count == 0 || wanted.Any(eventTypes.Contains))
            {
                signal.Raise();
            }
        }
    }

    private readonly record struct Listener(Signal Signal, IReadOnlyCollection<string>? EventTypes);
}

/// <summary>Wakes one waiter; raised while there is none, it lets the next wait return at once.</summary>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "A SemaphoreSlim holds nothing to release unless its wait handle is asked for."
)]
internal sealed class Signal
{
    private readonly SemaphoreSlim semaphore = new(0, 1);
    private int raised;

    public void Raise()
    {
        if (Interlocked.Exchange(ref raised, 1) == 0)
        {
            semaphore.Release();
        }
    }

    /// <summary>Waits until raised, or until the limit has passed.</summary>
    /// <returns>Whether it was raised.</returns>
    public async Task<bool> Wait(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!await semaphore.WaitAsync(limit, cancellationToken))
        {
            return false;
        }

        // Whoever raises it before this line is covered: the waiter looks at the outbox only after it.
        Volatile.Write(ref raised, 0);
        return true;
    }
}
