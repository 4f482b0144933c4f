using System.Collections.Concurrent;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.Tests.Database;

namespace BuildingBlocks.Tests.Probe;

/// <summary>Somebody outside is to hear of it.</summary>
[IntegrationEvent("bell.rung", version: 1)]
public sealed record BellRungV1(string Tower, string Tone) : IIntegrationEvent
{
    public string Key => Tower;
}

/// <summary>The same, for what may take a tenth of a second only.</summary>
[IntegrationEvent("gong.struck", version: 1)]
public sealed record GongStruckV1(string Tower) : IIntegrationEvent
{
    public string Key => Tower;
}

/// <summary>What the world outside has heard, and what a test makes it do.</summary>
internal sealed class ProbeWorld
{
    public Func<BellRungV1, EventContext, CancellationToken, Task> OnRing { get; set; } =
        (_, _, _) => Task.CompletedTask;

    public Func<CancellationToken, Task> OnGong { get; set; } = _ => Task.CompletedTask;

    /// <summary>Each call in the order in which it began.</summary>
    public ConcurrentQueue<(string Tower, string Tone, Guid EventId, int Attempt)> Heard { get; } = [];

    public void Behave() => OnRing = (_, _, _) => Task.CompletedTask;

    public string[] TonesOf(string tower) =>
        [
            .. Heard
                .Where(call => string.Equals(call.Tower, tower, StringComparison.Ordinal))
                .Select(call => $"{call.Tone}{call.Attempt}"),
        ];
}

[OutboundLimits(TimeLimitSeconds = 20, Concurrency = 3, MaxAttempts = 3)]
internal sealed class RingOnBellRung(ProbeDbContext db, ProbeWorld world) : IOutboundReaction<BellRungV1>
{
    public async Task Handle(BellRungV1 happened, EventContext context, CancellationToken cancellationToken)
    {
        world.Heard.Enqueue((happened.Tower, happened.Tone, context.EventId, context.Attempt));
        await world.OnRing(happened, context, cancellationToken);
        db.Add(Effect.Of(context, happened.Tone));
    }
}

[OutboundLimits(TimeLimitSeconds = 0.1)]
internal sealed class SoundOnGongStruck(ProbeWorld world) : IOutboundReaction<GongStruckV1>
{
    public Task Handle(GongStruckV1 happened, EventContext context, CancellationToken cancellationToken) =>
        world.OnGong(cancellationToken);
}
