namespace Payments.Processing;

/// <summary>Wakes the processor of this Host when there may be something to do. Thread-safe.</summary>
internal sealed class PaymentSignal : IDisposable
{
    private readonly SemaphoreSlim raised = new(initialCount: 0, maxCount: 1);

    /// <summary>Something is due.</summary>
    public void Raise()
    {
        try
        {
            raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is raised already.
        }
    }

    /// <summary>Waits for it to be raised, and takes it down.</summary>
    /// <returns>False when the time ran out first.</returns>
    public Task<bool> Wait(TimeSpan limit, CancellationToken cancellationToken) =>
        raised.WaitAsync(limit, cancellationToken);

    /// <inheritdoc />
    public void Dispose() => raised.Dispose();
}
