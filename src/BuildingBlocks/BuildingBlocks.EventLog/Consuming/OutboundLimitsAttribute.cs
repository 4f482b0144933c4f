namespace BuildingBlocks.EventLog.Consuming;

/// <summary>
/// What one <see cref="IOutboundReaction{TEvent}"/> needs that differs from section <c>EventLog:Outbound</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class OutboundLimitsAttribute : Attribute
{
    /// <summary>How long one call may take, in seconds; 0, the default, leaves it to the settings.</summary>
    public double TimeLimitSeconds { get; init; }

    /// <summary>How many calls a Host makes at once; 0, the default, leaves it to the settings.</summary>
    public int Concurrency { get; init; }

    /// <summary>How often an event is tried before it is dead; 0, the default, leaves it to the settings.</summary>
    public int MaxAttempts { get; init; }
}
