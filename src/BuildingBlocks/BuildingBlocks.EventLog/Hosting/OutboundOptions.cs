using System.ComponentModel.DataAnnotations;

namespace BuildingBlocks.EventLog.Hosting;

/// <summary>
/// How reactions that call out of the database are called; section <c>EventLog:Outbound</c>. A reaction that needs
/// other limits says so with <see cref="Consuming.OutboundLimitsAttribute"/>.
/// </summary>
public sealed class OutboundOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = $"{EventLogOptions.Section}:Outbound";

    /// <summary>
    /// How long one call may take. The events of a killed Host wait as long, and ten seconds more, for another
    /// Host.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many calls of one reaction a Host makes at once, retries among them; never two of one key.
    /// </summary>
    [Range(1, 100)]
    public int Concurrency { get; set; } = 4;

    /// <summary>How often an event is tried before it is dead and waits for an operator.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 20;

    /// <summary>The pause after the first failure; doubles with each further one, give or take a fifth.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan FirstRetryAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest pause between tries.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan LongestRetryAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long to wait after failures.</summary>
    internal RetryDelay RetryDelay => new(FirstRetryAfter, LongestRetryAfter);
}
