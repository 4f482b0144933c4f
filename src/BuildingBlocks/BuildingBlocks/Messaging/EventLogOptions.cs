using System.ComponentModel.DataAnnotations;

namespace BuildingBlocks.Messaging;

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

    /// <summary>How long the reactions to one event may take together; less than a statement may take, whose end would pass for a lost connection.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ReactionTimeLimit { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often an event is tried before it is dead and waits for an operator.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 10;

    /// <summary>The pause after the first failure; doubles with each further one, give or take a fifth.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan FirstRetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between tries.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan LongestRetryAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long to wait after a number of failures; jittered, so that many that failed together do not return together.</summary>
    internal TimeSpan PauseAfter(int failures)
    {
        var exponential = FirstRetryAfter * Math.Pow(2, Math.Min(failures - 1, 30));
        var limited = exponential < LongestRetryAfter ? exponential : LongestRetryAfter;
#pragma warning disable CA5394 // Jitter needs no cryptographic randomness.
        return limited * (0.8 + (Random.Shared.NextDouble() * 0.4));
#pragma warning restore CA5394
    }
}
