using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace BuildingBlocks.Messaging;

/// <summary>Wakes the subscribers of a module as soon as it has committed events. Only a shortcut: polling is the truth. Thread-safe.</summary>
internal sealed class EventSignals
{
    private readonly ConcurrentDictionary<string, ImmutableArray<Signal>> listeners = new(StringComparer.Ordinal);

    /// <summary>Told, with the module's name, when events were committed in this process: other Hosts have to be woken as well.</summary>
    public Action<string>? Committed { get; set; }

    /// <summary>A signal that is raised whenever the module has committed events.</summary>
    public Signal Listen(string source)
    {
        Signal signal = new();
        listeners.AddOrUpdate(source, _ => [signal], (_, others) => others.Add(signal));
        return signal;
    }

    /// <summary>Raises a signal no more.</summary>
    public void Forget(string source, Signal signal) => listeners.AddOrUpdate(source, _ => [], (_, all) => all.Remove(signal));

    /// <summary>The module has committed events in this process.</summary>
    public void Notify(string source)
    {
        Wake(source);
        Committed?.Invoke(source);
    }

    /// <summary>Has the subscribers in this process look at the module's outbox, wherever its events were committed.</summary>
    public void Wake(string source)
    {
        foreach (var signal in listeners.GetValueOrDefault(source, []))
        {
            signal.Raise();
        }
    }
}

/// <summary>Lets one waiter go on; raising it while nobody waits lets the next wait pass at once.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim holds nothing to release unless its wait handle is asked for.")]
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
