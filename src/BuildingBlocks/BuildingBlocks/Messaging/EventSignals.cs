using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace BuildingBlocks.Messaging;

/// <summary>Wakes the subscribers of a module in this process as soon as it has committed events. Only a shortcut: polling is the truth.</summary>
internal sealed class EventSignals
{
    private readonly ConcurrentDictionary<string, ConcurrentBag<Signal>> listeners = new(StringComparer.Ordinal);

    /// <summary>A signal that is raised whenever the module has committed events.</summary>
    public Signal Listen(string source)
    {
        Signal signal = new();
        listeners.GetOrAdd(source, _ => []).Add(signal);
        return signal;
    }

    public void Notify(string source)
    {
        foreach (var signal in listeners.GetValueOrDefault(source) ?? [])
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
    public async Task Wait(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (await semaphore.WaitAsync(limit, cancellationToken))
        {
            // Whoever raises it before this line is covered: the waiter looks at the outbox only after it.
            Volatile.Write(ref raised, 0);
        }
    }
}
