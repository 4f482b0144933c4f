using System.ComponentModel.DataAnnotations;

namespace BuildingBlocks.EventLog.Hosting;

/// <summary>Settings of the event log. The defaults suit most installations.</summary>
public sealed class EventLogOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "EventLog";

    /// <summary>How many events are read and applied in one transaction at most.</summary>
    [Range(1, 10_000)]
    public int PageSize { get; set; } = 200;

    /// <summary>How long an idle subscription waits before it polls its source again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long the reactions to one event may take together. Keep it below the database's statement timeout, whose
    /// error would be treated as a lost connection.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ReactionTimeLimit { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a request waits at most for a copy or projection to catch up with what it needs.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan CatchUpTimeLimit { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How far a subscription may fall behind its source before the module's health check reports Degraded.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan StalenessThreshold { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long published events are kept after all subscriptions have applied them, so that a new consumer or a
    /// rebuild can start from them. A projection can be rebuilt only while nothing of its history has been deleted.
    /// Default: for ever.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan? ReplayWindow { get; set; }

    /// <summary>
    /// How often consumers report their checkpoints, and events older than the replay window are deleted.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan RetentionInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an event may be parked before its module's health check reports Degraded.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan ParkedAgeThreshold { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How many events of one source may be parked before their consumer's health check reports Degraded.
    /// </summary>
    [Range(1, 1_000_000)]
    public int ParkedCountThreshold { get; set; } = 100;

    /// <summary>How many attempts an event gets before it is dead and waits for an operator.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 10;

    /// <summary>The delay before the first retry; doubles with each further one, varied by a fifth.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan FirstRetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay between retries.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan LongestRetryAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long to wait after failures.</summary>
    internal RetryDelay RetryDelay => new(FirstRetryAfter, LongestRetryAfter);
}
