using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Operations;
using BuildingBlocks.Testing.Lanes;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>
/// Keys are spread over lanes that are applied side by side, and the number of lanes changes while events come in.
/// </summary>
public sealed class LanesTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SubscriptionOperations Control => probe.Services.GetRequiredService<SubscriptionOperations>();

    [Fact]
    public async Task Changing_their_number_under_load_loses_nothing_doubles_nothing_and_keeps_the_order_of_each_key()
    {
        string[] topics = [.. Enumerable.Range(0, 12).Select(number => $"lanes-{number}")];
        using var host = probe.NewHost();
        using var other = probe.NewHost();
        await host.StartAsync(Cancellation);
        await other.StartAsync(Cancellation);
        var published = 0;
        foreach (var lanes in new[] { 4, 3, 16, 1 })
        {
            await Publish(topics, ref published);
            (await Control.ChangeLanesAsync("probe", source: null, lanes, "ann", Cancellation)).Error.ShouldBeNull();
            await Publish(topics, ref published);
            await Eventually.Holds(async () => (await Rows()).Count == lanes);
            await Publish(topics, ref published);
        }

        var expected = Enumerable.Range(0, published).Select(number => $"{number}").ToArray();
        await Eventually.Holds(async () =>
            await probe.Sql.Value<long>("select count(*) from effects where key like 'lanes-%'")
            >= published * topics.Length
        );
        await host.StopAsync(Cancellation);
        await other.StopAsync(Cancellation);

        foreach (var topic in topics)
        {
            (await probe.Effects(topic)).ShouldBe(expected, topic);
        }

        (await Rows()).ShouldBe(["0 of 1"]);
    }

    [Fact]
    public async Task Each_key_falls_to_one_lane_and_all_lanes_have_some()
    {
        for (var number = 0; number < 64; number++)
        {
            await probe.PublishOnly($"spread-{number}", "a");
        }

        Dictionary<string, int> laneOf = new(StringComparer.Ordinal);
        for (short lane = 0; lane < 4; lane++)
        {
            var keys = await probe.Sql.List<string>(
                $"select key from outbox where key like 'spread-%' and {new Lane(lane, 4).Holds}"
            );
            keys.Count.ShouldBeGreaterThan(4);
            foreach (var key in keys)
            {
                laneOf.TryAdd(key, lane).ShouldBeTrue($"{key} falls to two lanes.");
            }
        }

        laneOf.Count.ShouldBe(64);

        // The lane is part of what is stored.
        laneOf.ShouldAllBe(one => one.Value == KeyLane.Of(one.Key, 4));
    }

    [Fact]
    public async Task A_lane_of_the_former_number_applies_nothing_any_more()
    {
        await probe.PublishOnly("former", "a");
        var late = probe.NewWorker();
        while (await late.StepAsync(Cancellation) is StepOutcome.Moved) { }

        await probe.PublishOnly("former", "b");
        (await Control.ChangeLanesAsync("probe", "probe", 2, "ann", Cancellation)).Error.ShouldBeNull();
        var draining = probe.NewWorker();
        StepOutcome outcome;
        do
        {
            outcome = await draining.StepAsync(Cancellation);
        } while (outcome is StepOutcome.Moved or StepOutcome.Idle);

        outcome.ShouldBe(StepOutcome.Relaned);
        await probe.PublishOnly("former", "c");
        (await late.StepAsync(Cancellation)).ShouldBe(StepOutcome.Elsewhere);
        (await late.StepAsync(Cancellation)).ShouldBe(StepOutcome.Relaned);
        (await probe.Effects("former")).ShouldBe(["a", "b"]);
        (await Control.ChangeLanesAsync("probe", "probe", 1, "ann", Cancellation)).Error.ShouldBeNull();
        (await Control.ChangeLanesAsync("probe", "probe", 3, "ann", Cancellation))
            .Error.ShouldNotBeNull()
            .Code.ShouldBe("operations.lanes-changing");
        using var host = probe.NewHost();
        await host.StartAsync(Cancellation);
        await Eventually.Holds(async () => (await probe.Effects("former")).Count == 3 && (await Rows()).Count == 1);
        await host.StopAsync(Cancellation);
        (await probe.Effects("former")).ShouldBe(["a", "b", "c"]);
    }

    [Theory]
    [InlineData("probe", null, 0, "operations.bad-lanes")]
    [InlineData("probe", null, 17, "operations.bad-lanes")]
    [InlineData("nobody", null, 2, "operations.unknown-subscription")]
    [InlineData("probe", "nobody", 2, "operations.unknown-subscription")]
    public async Task Refuses_what_cannot_be(string name, string? source, int lanes, string code) =>
        (await Control.ChangeLanesAsync(name, source, lanes, "ann", Cancellation))
            .Error.ShouldNotBeNull()
            .Code.ShouldBe(code);

    private Task<IReadOnlyList<string>> Rows() =>
        probe.Sql.List<string>("select lane || ' of ' || lanes from subscriptions where name = 'probe' order by lane");

    private Task Publish(string[] topics, ref int published)
    {
        var texts = Enumerable.Range(published, 5).Select(number => $"{number}").ToArray();
        published += texts.Length;
        return Task.WhenAll(topics.Select(topic => probe.PublishOnly(topic, texts)));
    }
}
