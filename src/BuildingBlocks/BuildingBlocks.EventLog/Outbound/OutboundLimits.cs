using System.Collections.Concurrent;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Hosting;
using Microsoft.Extensions.Options;

namespace BuildingBlocks.EventLog.Outbound;

/// <summary>
/// The limits of outbound reactions, and the slots in which this Host calls them: lanes and retries of one reaction
/// share them. Thread-safe.
/// </summary>
internal sealed class OutboundLimits(IOptions<OutboundOptions> options) : IDisposable
{
    /// <summary>
    /// How much longer than the call itself a claim lasts, so that a call has ended, or is given up, before somebody
    /// else may repeat it.
    /// </summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Type, SemaphoreSlim> slots = new();

    /// <summary>How long a call may take.</summary>
    public TimeSpan TimeLimitOf(OutboundReaction reaction) =>
        reaction.Limits.TimeLimitSeconds > 0
            ? TimeSpan.FromSeconds(reaction.Limits.TimeLimitSeconds)
            : options.Value.TimeLimit;

    /// <summary>How often an event is tried before it is dead.</summary>
    public int MaxAttemptsOf(OutboundReaction reaction) =>
        reaction.Limits.MaxAttempts > 0 ? reaction.Limits.MaxAttempts : options.Value.MaxAttempts;

    /// <summary>How long to wait after a number of failures.</summary>
    public TimeSpan PauseAfter(int failures) => options.Value.RetryDelay.After(failures);

    /// <summary>Whoever calls out takes one first, and gives it back.</summary>
    public SemaphoreSlim SlotsOf(OutboundReaction reaction) =>
        slots.GetOrAdd(reaction.ReactionType, _ =>
            new(reaction.Limits.Concurrency > 0 ? reaction.Limits.Concurrency : options.Value.Concurrency)
        );

    public void Dispose()
    {
        foreach (var slot in slots.Values)
        {
            slot.Dispose();
        }
    }
}
