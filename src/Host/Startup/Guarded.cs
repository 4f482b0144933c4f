namespace Host.Startup;

/// <summary>
/// Runs what a command asks for, and tells a person what went wrong: one message where they can mend it, everything
/// where it is a bug.
/// </summary>
internal static class Guarded
{
    private const int Failed = 1;
    private const int BrokenOff = 130;

    public static async Task<int> RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using StopSignal signal = new();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signal.Token, cancellationToken);
        try
        {
            await work(stop.Token);
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Terminal.Errors.WriteLineAsync("Stopped before it was done.");
            return BrokenOff;
        }
        catch (HostAbortedException)
        {
            // A tool such as dotnet ef started the Host for its services; it has them now, and waits for this.
            throw;
        }
#pragma warning disable CA1031 // The last place where anything can be said about it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await Terminal.Errors.WriteLineAsync(
                StartUpFaults.Explain(exception)
                    ?? $"This is a bug of the Host, please report it.{Environment.NewLine}{exception}"
            );
            return Failed;
        }
    }
}
