namespace BuildingBlocks.EventLog.Hosting;

/// <summary>
/// Repeats a step until it is stopped. A failure is reported and delays the next try; none ends the loop.
/// </summary>
/// <param name="delay">How long to wait after failures.</param>
/// <param name="failed">Called with each failure.</param>
internal sealed class BackgroundLoop(RetryDelay delay, Action<Exception> failed)
{
    /// <summary>Runs until <paramref name="stoppingToken"/> is cancelled and the step at hand has ended.</summary>
    /// <param name="step">Returns how long to wait before the next one.</param>
    /// <param name="wait">Waits that long, or shorter where a signal says that there is work.</param>
    /// <param name="abort">Cancels the step at hand.</param>
    /// <param name="stoppingToken">Lets the step at hand end and begins no other.</param>
    public async Task RunAsync(
        Func<CancellationToken, Task<TimeSpan>> step,
        Func<TimeSpan, CancellationToken, Task> wait,
        CancellationToken abort,
        CancellationToken stoppingToken
    )
    {
        // Off the thread that starts the Host: the first steps of all loops are not to delay it.
        await Task.Yield();
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan pause;
            try
            {
                pause = await step(abort);
                failures = 0;
            }
            catch (OperationCanceledException) when (abort.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The loop outlives any failure.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                failed(failure);
                pause = delay.After(++failures);
            }

            if (pause > TimeSpan.Zero)
            {
                await WaitAsync(() => wait(pause, stoppingToken), stoppingToken);
            }
        }
    }

    private static async Task WaitAsync(Func<Task> wait, CancellationToken stoppingToken)
    {
        try
        {
            await wait();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The loop sees it next.
        }
    }
}
