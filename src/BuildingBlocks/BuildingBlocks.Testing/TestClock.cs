namespace BuildingBlocks.Testing;

/// <summary>
/// A clock that stands still until a test moves it. Timers and delays made from it fire while it is moved, in the order
/// they are due. Thread-safe.
/// </summary>
public sealed class TestClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Alarm> alarms = [];
    private DateTimeOffset now;

    /// <summary>
    /// Starts at noon on 1 January 2030, UTC: far enough from today that a mix-up with the machine's clock shows.
    /// </summary>
    public TestClock()
        : this(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero)) { }

    /// <summary>Starts at a given time.</summary>
    /// <param name="start">In UTC, or it is converted.</param>
    public TestClock(DateTimeOffset start) => now = start.ToUniversalTime();

    /// <summary>The time it stands at, UTC.</summary>
    public DateTimeOffset Now
    {
        get
        {
            lock (gate)
            {
                return now;
            }
        }
    }

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => Now;

    /// <inheritdoc />
    public override long GetTimestamp() => Now.UtcTicks;

    /// <summary>Moves the clock, firing on the way whatever becomes due.</summary>
    /// <param name="by">Zero or more: time does not run backwards.</param>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var end = Now + by;
        while (NextDueBy(end) is { } due)
        {
            due.Fire();
        }

        lock (gate)
        {
            now = end;
        }
    }

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        Alarm alarm = new(this, callback, state);
        alarm.Change(dueTime, period);
        return alarm;
    }

    private Alarm? NextDueBy(DateTimeOffset end)
    {
        lock (gate)
        {
            var next = alarms.MinBy(alarm => alarm.DueAt);
            if (next is null || next.DueAt > end)
            {
                return null;
            }

            now = next.DueAt > now ? next.DueAt : now;
            if (next.Period > TimeSpan.Zero)
            {
                next.DueAt += next.Period;
            }
            else
            {
                alarms.Remove(next);
            }

            return next;
        }
    }

    private sealed class Alarm(TestClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset DueAt { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.alarms.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    (DueAt, Period) = (
                        clock.now + dueTime,
                        period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period
                    );
                    clock.alarms.Add(this);
                }
            }

            // What is due now must not wait for the next move of the clock.
            if (dueTime == TimeSpan.Zero)
            {
                clock.Advance(TimeSpan.Zero);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock.gate)
            {
                clock.alarms.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
