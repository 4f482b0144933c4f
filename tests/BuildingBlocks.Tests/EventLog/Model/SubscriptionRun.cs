using System.Globalization;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Operations;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.EventLog.Model;

/// <summary>Runs a program with real workers and compares the effects with what was published.</summary>
internal sealed class SubscriptionRun
{
    private static readonly TimeSpan UntilDue = TimeSpan.FromMinutes(15);
    private static int runs;

    private readonly ProbeFixture probe;
    private readonly string[] topics;
    private readonly List<string>[] published;
    private readonly HashSet<string> broken = new(StringComparer.Ordinal);
    private readonly SubscriptionWorker[] workers;
    private readonly Func<CancellationToken, Task<bool>> retry;

    private SubscriptionRun(ProbeFixture probe)
    {
        this.probe = probe;
        var run = Interlocked.Increment(ref runs);
        topics =
        [
            .. Enumerable
                .Range(0, SubscriptionProgram.Keys)
                .Select(key => string.Create(CultureInfo.InvariantCulture, $"model-{run}-{key}")),
        ];
        published = [.. topics.Select(_ => new List<string>())];
        workers = [.. Enumerable.Range(0, SubscriptionProgram.Workers).Select(_ => probe.NewWorker())];
        retry = probe.Services.GetRequiredService<ParkedEventRetry>().For(probe.Descriptor.Log);
        probe.Behavior.OnNote = (note, _) =>
            broken.Contains($"{note.Topic} {note.Text}")
                ? Task.FromException(new InvalidOperationException("This event is broken."))
                : Task.CompletedTask;
    }

    /// <summary>What was broken; null when each event took effect exactly once, in the order of its key.</summary>
    public static async Task<string?> FindFaultAsync(ProbeFixture probe, SubscriptionProgram program)
    {
        SubscriptionRun run = new(probe);
        foreach (var step in program.Steps)
        {
            await run.TakeAsync(step);
            if (await run.FindFaultAsync(atTheEnd: false) is { } early)
            {
                return $"after {step}: {early}";
            }
        }

        await run.DrainAsync();
        return await run.FindFaultAsync(atTheEnd: true);
    }

    private async Task TakeAsync(SubscriptionStep step)
    {
        switch (step.Move)
        {
            case SubscriptionMove.Publish:
                await PublishAsync(step.Number, isBroken: false);
                break;
            case SubscriptionMove.PublishBroken:
                await PublishAsync(step.Number, isBroken: true);
                break;
            case SubscriptionMove.Step:
                await workers[step.Number].StepAsync(CancellationToken.None);
                break;
            case SubscriptionMove.Replace:
                workers[step.Number] = probe.NewWorker();
                break;
            case SubscriptionMove.Mend:
                broken.RemoveWhere(one => one.StartsWith(topics[step.Number] + " ", StringComparison.Ordinal));
                break;
            case SubscriptionMove.Retry:
                await RetryAsync();
                break;
        }
    }

    private async Task PublishAsync(int key, bool isBroken)
    {
        var text = published[key].Count.ToString(CultureInfo.InvariantCulture);
        published[key].Add(text);
        if (isBroken)
        {
            broken.Add($"{topics[key]} {text}");
        }

        await probe.PublishOnly(topics[key], text);
    }

    private async Task RetryAsync()
    {
        probe.Clock.Advance(UntilDue);
        while (await retry(CancellationToken.None)) { }
    }

    /// <summary>
    /// Everything is mended, an operator has the dead ones tried again, and the workers go on until there is nothing
    /// left.
    /// </summary>
    private async Task DrainAsync()
    {
        broken.Clear();
        while (await workers[0].StepAsync(CancellationToken.None) is not StepOutcome.Idle) { }

        var operations = probe.Services.GetRequiredService<ParkedEventOperations>();
        foreach (var dead in await probe.Sql.List<long>("select id from parked_events where status = 'dead'"))
        {
            await operations.RetryAsync($"probe-{dead}", "model", CancellationToken.None);
        }

        await RetryAsync();
    }

    private async Task<string?> FindFaultAsync(bool atTheEnd)
    {
        for (var key = 0; key < topics.Length; key++)
        {
            // At any time the effects of a key are the first of its events, each once.
            var effects = await probe.Effects(topics[key]);
            var expected = atTheEnd ? published[key].Count : effects.Count;
            if (
                effects.Count != expected
                || !effects.SequenceEqual(published[key].Take(expected), StringComparer.Ordinal)
            )
            {
                return $"of {published[key].Count} events of key {key} these took effect: {string.Join(", ", effects)}";
            }
        }

        return null;
    }
}
