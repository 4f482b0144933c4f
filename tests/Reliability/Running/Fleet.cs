namespace Reliability.Running;

/// <summary>One place for a Host: it is started there again whenever it ends.</summary>
internal sealed class Slot(int number, TcpProxy proxy, Dictionary<string, string?> settings, string logFile)
    : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan PauseBeforeRestart = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource retired = new();
    private Task supervision = Task.CompletedTask;

    public int Number => number;

    public TcpProxy Proxy => proxy;

    /// <summary>The process there is now, starting or running.</summary>
    public HostInstance? Process { get; private set; }

    /// <summary>Where it listens; null while it does not.</summary>
    public Uri? Address { get; private set; }

    /// <summary>Somebody has frozen it.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>What the clock of its next process shows beside the right time.</summary>
    public TimeSpan ClockIsOff { get; set; }

    public int Starts { get; private set; }

    /// <summary>Starts that ended before it listened, as they must while PostgreSQL is down.</summary>
    public int StartsRefused { get; private set; }

    /// <summary>Ends of a Host that listened and that nobody had killed or stopped.</summary>
    public int Deaths { get; private set; }

    private bool EndIsExpected { get; set; }

    public void Begin() => supervision = SuperviseAsync();

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        EndIsExpected = true;
        Address = null;
        Process?.Kill();
    }

    /// <summary>SIGTERM, and its end.</summary>
    public async Task<int?> StopAsync(TimeSpan limit)
    {
        EndIsExpected = true;
        Address = null;
        return Process is { } process ? await process.StopAsync(limit) : null;
    }

    /// <summary>Stops it for good.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int?> RetireAsync(TimeSpan limit)
    {
        await retired.CancelAsync();
        var exitCode = await StopAsync(limit);
        await supervision;
        return exitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await retired.CancelAsync();
        Kill();
        await supervision;
        await proxy.DisposeAsync();
        retired.Dispose();
    }

    private async Task SuperviseAsync()
    {
        while (!retired.IsCancellationRequested)
        {
            Starts++;
            EndIsExpected = false;
            await using var process = HostInstance.Launch(Clock.Off(settings, ClockIsOff), logFile);
            Process = process;
            var ended = process.EndAsync(Timeout.InfiniteTimeSpan);
            if (
                await Task.WhenAny(process.Listening, ended, Task.Delay(StartLimit, CancellationToken.None))
                == process.Listening
            )
            {
                Address = EndIsExpected ? null : await process.Listening;
                await ended;
                Deaths += EndIsExpected ? 0 : 1;
            }
            else
            {
                StartsRefused += EndIsExpected ? 0 : 1;
                process.Kill();
                await ended;
            }

            Address = null;
            Process = null;
            IsFrozen = false;
            await Task.Delay(PauseBeforeRestart, retired.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

/// <summary>All Hosts of the installation.</summary>
internal sealed class Fleet(IReadOnlyList<Slot> slots) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public IReadOnlyList<Slot> Slots => slots;

    public IReadOnlyList<Slot> Up => [.. slots.Where(slot => slot is { Address: not null, IsFrozen: false })];

    /// <summary>Waits, not for ever, until so many are up: faults that meet nobody are none.</summary>
    public async Task<bool> HasUpAsync(int count, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        while (Up.Count < count && !limit.IsCancellationRequested)
        {
            await Task.Delay(50, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return Up.Count >= count;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var slot in slots)
        {
            await slot.DisposeAsync();
        }
    }
}
