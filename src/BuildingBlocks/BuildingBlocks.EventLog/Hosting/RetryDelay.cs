namespace BuildingBlocks.EventLog.Hosting;

/// <summary>
/// How long to wait before work that failed is tried again: doubled with each consecutive failure up to a limit, and
/// varied by a fifth, so that many that failed together do not return together.
/// </summary>
/// <param name="First">After the first failure.</param>
/// <param name="Longest">The limit.</param>
internal sealed record RetryDelay(TimeSpan First, TimeSpan Longest)
{
    /// <summary>The same with a lower limit.</summary>
    public RetryDelay AtMost(TimeSpan limit) => this with { Longest = Longest < limit ? Longest : limit };

    /// <param name="failures">How many followed each other, from 1.</param>
    public TimeSpan After(int failures)
    {
        var exponential = First * Math.Pow(2, Math.Min(failures - 1, 30));
        var limited = exponential < Longest ? exponential : Longest;
#pragma warning disable CA5394 // Jitter needs no cryptographic randomness.
        return limited * (0.8 + (Random.Shared.NextDouble() * 0.4));
#pragma warning restore CA5394
    }
}
