namespace BuildingBlocks.EventLog.Maintenance;

/// <summary>
/// The machine's clock, set right by the database's, so that all Hosts of one database agree on what is due: a Host
/// whose clock is an hour off would publish scheduled events an hour early or late, for all of them. Thread-safe.
/// </summary>
/// <param name="machine">The clock that may be off.</param>
internal sealed class DatabaseClock(TimeProvider machine) : TimeProvider
{
    /// <summary>
    /// What two clocks may differ by without anybody setting one right; far less than any time limit, more than a round
    /// trip.
    /// </summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(250);

    private long offset;

    /// <summary>The machine's own, uncorrected.</summary>
    public TimeProvider Machine => machine;

    /// <summary>By how much the database is ahead of the machine; zero while they agree.</summary>
    public TimeSpan Offset => new(Volatile.Read(ref offset));

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    /// <inheritdoc />
    public override long TimestampFrequency => machine.TimestampFrequency;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => machine.GetUtcNow() + Offset;

    /// <inheritdoc />
    public override long GetTimestamp() => machine.GetTimestamp();

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Sets the clock by what the database said.</summary>
    /// <returns>Whether that changed it.</returns>
    public bool Set(TimeSpan databaseIsAhead)
    {
        var target = databaseIsAhead.Duration() <= Tolerance ? TimeSpan.Zero : databaseIsAhead;
        if ((target - Offset).Duration() <= Tolerance && target != TimeSpan.Zero)
        {
            return false;
        }

        return Interlocked.Exchange(ref offset, target.Ticks) != target.Ticks;
    }
}
