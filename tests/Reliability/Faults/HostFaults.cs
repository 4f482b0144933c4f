using Reliability.Running;

namespace Reliability.Faults;

/// <summary>What happens to Hosts.</summary>
internal sealed class HostFaults(Fleet fleet)
{
    // Longer than every limit and lease in Installation, and than PostgreSQL lets a transaction idle.
    private static readonly TimeSpan Sleep = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    public Lane Lane(TimeSpan shortest, TimeSpan longest) =>
        new(
            "hosts",
            shortest,
            longest,
            [
                new("host-kill", 16, Missing: null, KillAsync),
                new("rolling-restart", 1, Missing: null, RestartAllAsync),
                new("clock-off", 1, Clock.Library is null ? "libfaketime is not installed" : null, WrongClockAsync),
            ]
        );

    public Lane Zombies(TimeSpan shortest, TimeSpan longest) =>
        new("zombies", shortest, longest, [new("zombie", 1, Missing: null, FreezeAsync)]);

    /// <summary>kill -9.</summary>
    private async Task<int> KillAsync(Random random, CancellationToken stop)
    {
        // Two, so that somebody is left to work; when that takes too long, the last one will do.
        await fleet.HasUpAsync(2, stop);
        if (Pick(random) is not { } slot)
        {
            return 0;
        }

        slot.Kill();
        return 1;
    }

    /// <summary>SIGTERM one by one, each up again before the next.</summary>
    private async Task<int> RestartAllAsync(Random random, CancellationToken stop)
    {
        foreach (var slot in fleet.Slots)
        {
            if (slot.Address is not null && !slot.IsFrozen)
            {
                await slot.StopAsync(StopLimit);
                await UpAsync(slot, stop);
            }
        }

        return 1;
    }

    /// <summary>The next process of one Host lives an hour ahead or behind, until something else ends it.</summary>
    private async Task<int> WrongClockAsync(Random random, CancellationToken stop)
    {
        if (!await fleet.HasUpAsync(1, stop) || Pick(random) is not { } slot)
        {
            return 0;
        }

        slot.ClockIsOff = TimeSpan.FromHours(random.Next(2) == 0 ? 1 : -1);
        await slot.StopAsync(StopLimit);
        await UpAsync(slot, stop);
        slot.ClockIsOff = TimeSpan.Zero;
        return slot.Address is null ? 0 : 1;
    }

    /// <summary>SIGSTOP, and SIGCONT when everybody has long given it up.</summary>
    private async Task<int> FreezeAsync(Random random, CancellationToken stop)
    {
        if (!await fleet.HasUpAsync(2, stop) || Pick(random) is not { Process: { } process } slot)
        {
            return 0;
        }

        slot.IsFrozen = true;
        var processId = process.ProcessId;
        if (!await Programs.SignalAsync(processId, "STOP"))
        {
            return 0;
        }

        await Task.Delay(Sleep, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var woke = !process.HasExited && await Programs.SignalAsync(processId, "CONT");
        slot.IsFrozen = false;
        return woke && !stop.IsCancellationRequested ? 1 : 0;
    }

    private Slot? Pick(Random random) => fleet.Up is { Count: > 0 } up ? up[random.Next(up.Count)] : null;

    private static async Task UpAsync(Slot slot, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(StartLimit);
        while (slot.Address is null && !limit.IsCancellationRequested)
        {
            await Task.Delay(100, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
