using System.ComponentModel.DataAnnotations;

namespace BuildingBlocks.EventLog.Hosting;

/// <summary>How the event log works; section <c>EventLog</c>. The defaults suit most installations.</summary>
public sealed class EventLogOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "EventLog";

    /// <summary>How many events are read and applied in one transaction at most.</summary>
    [Range(1, 10_000)]
    public int PageSize { get; set; } = 200;

    /// <summary>How long a subscription with nothing to do waits before it looks again by itself.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long the reactions to one event may take together; less than a statement may take, whose end would pass for
    /// a lost connection.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ReactionTimeLimit { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a request waits at most for a copy or projection to catch up with what it needs.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan CatchUpTimeLimit { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How old the time as of which a subscription is current may become before its module's health check raises the
    /// alarm.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan StalenessThreshold { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long published events are kept once all have applied them, so that a new consumer or a rebuild can begin
    /// with them; null, the default, keeps them for ever. A projection can be rebuilt only while nothing of its history
    /// has been deleted.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan? ReplayWindow { get; set; }

    /// <summary>
    /// How often consumers report how far they have come, and what is older than the window is deleted.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan RetentionInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an event may be parked before its module's health check raises the alarm.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan ParkedAgeThreshold { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How many events of one source may be parked before their consumer's health check raises the alarm.
    /// </summary>
    [Range(1, 1_000_000)]
    public int ParkedCountThreshold { get; set; } = 100;

    /// <summary>How often an event is tried before it is dead and waits for an operator.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 10;

    /// <summary>The pause after the first failure; doubles with each further one, give or take a fifth.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan FirstRetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between tries.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan LongestRetryAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long to wait after failures.</summary>
    internal RetryDelay RetryDelay => new(FirstRetryAfter, LongestRetryAfter);
}
