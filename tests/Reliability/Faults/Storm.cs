using System.Collections.Concurrent;

namespace Reliability.Faults;

/// <summary>Strikes with the faults of all lanes, each lane drawing from the seed, until told to stop.</summary>
internal sealed class Storm(IReadOnlyList<Lane> lanes, int seed, TextWriter log, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, int> struck = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> skipped = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> underWay = new(StringComparer.Ordinal);
    private int mixed;

    public IReadOnlyDictionary<string, int> Struck => struck;

    /// <summary>Faults whose target was not there at the moment.</summary>
    public IReadOnlyDictionary<string, int> Skipped => skipped;

    /// <summary>Kinds that cannot be done here, and why.</summary>
    public IReadOnlyDictionary<string, string> Missing { get; } =
        lanes
            .SelectMany(lane => lane.Faults)
            .Where(fault => fault.Missing is not null)
            .ToDictionary(fault => fault.Kind, fault => fault.Missing!, StringComparer.Ordinal);

    /// <summary>Faults that began while another was under way.</summary>
    public int Mixed => mixed;

    public string UnderWay => string.Join('+', underWay.Keys.Order(StringComparer.Ordinal));

    public Task RageAsync(CancellationToken stop) =>
        Task.WhenAll(
            lanes.Select(
                (lane, number) =>
                    Task.Run(() => RageAsync(lane, new(HashCode.Combine(seed, number)), stop), CancellationToken.None)
            )
        );

    private async Task RageAsync(Lane lane, Random random, CancellationToken stop)
    {
        var possible = lane
            .Faults.Where(fault => fault.Missing is null)
            .SelectMany(fault => Enumerable.Repeat(fault, fault.Share))
            .ToArray();
        while (true)
        {
            // Every round has all of them, in another order.
            random.Shuffle(possible);
            foreach (var fault in possible)
            {
                await Task.Delay(
                        lane.ShortestPause + ((lane.LongestPause - lane.ShortestPause) * random.NextDouble()),
                        stop
                    )
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (stop.IsCancellationRequested)
                {
                    return;
                }

                await StrikeAsync(fault, random, stop);
            }
        }
    }

    private async Task StrikeAsync(Fault fault, Random random, CancellationToken stop)
    {
        Interlocked.Add(ref mixed, underWay.IsEmpty ? 0 : 1);
        underWay[fault.Kind] = true;
        var startedAt = clock.GetUtcNow();
        var times = 0;
        try
        {
            times = await fault.Strike(random, stop);
        }
#pragma warning disable CA1031 // The storm goes on whatever it runs into; what that was stands in its log.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            await LogAsync($"{startedAt:HH:mm:ss.fff} {fault.Kind} could not be done: {failure}");
        }

        underWay.TryRemove(fault.Kind, out _);
        struck.AddOrUpdate(fault.Kind, times, (_, count) => count + times);
        skipped.AddOrUpdate(fault.Kind, times == 0 ? 1 : 0, (_, count) => count + (times == 0 ? 1 : 0));
        await LogAsync($"{startedAt:HH:mm:ss.fff} {fault.Kind} x{times}, until {clock.GetUtcNow():HH:mm:ss.fff}");
    }

    private async Task LogAsync(string line)
    {
        await log.WriteLineAsync(line);
        await log.FlushAsync(CancellationToken.None);
    }
}
