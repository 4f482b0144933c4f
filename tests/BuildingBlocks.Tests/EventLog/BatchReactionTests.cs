using System.Diagnostics;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.Tests.Database;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>
/// Reactions that take many events at once: what they are given, and that nothing else is different for them.
/// </summary>
public sealed class BatchReactionTests : IClassFixture<ProbeFixture>
{
    private readonly ProbeFixture probe;

    public BatchReactionTests(ProbeFixture probe)
    {
        this.probe = probe;
        probe.Behavior.Behave();
        probe.Behavior.Batches.Clear();
    }

    [Fact]
    public async Task Gives_as_many_at_once_as_a_page_holds()
    {
        await PublishAndApply(Enumerable.Range(0, ProbeFixture.PageSize + 2).Select(i => Tally("pages", $"{i}")));

        probe.Behavior.Batches.ShouldBe([ProbeFixture.PageSize, 2]);
        (await probe.Effects("pages")).ShouldBe(["0", "1", "2", "3", "4", "5", "6"]);
    }

    [Fact]
    public async Task Keeps_the_order_among_events_of_different_types()
    {
        await PublishAndApply([
            Tally("mixed", "a"),
            new NoteTakenV1("mixed", "b"),
            Tally("mixed", "c"),
            Tally("mixed", "d"),
        ]);

        probe.Behavior.Batches.ShouldBe([1, 2]);
        (await probe.Effects("mixed")).ShouldBe(["a", "b", "c", "d"]);
    }

    [Fact]
    public async Task Gives_one_by_one_what_another_reaction_takes_one_by_one()
    {
        await PublishAndApply([new NoteEchoedV1("beside"), new NoteEchoedV1("beside")]);

        probe.Behavior.Batches.ShouldBe([1, 1]);
        (await probe.Effects("beside")).ShouldBe(["echoed", "echoed"]);
    }

    [Fact]
    public async Task Parks_only_the_culprit_and_what_follows_it_under_its_key()
    {
        probe.Behavior.OnTally = (_, tally) =>
        {
            if (tally.Text is "bad")
            {
                throw new InvalidOperationException("broken");
            }
        };
        await PublishAndApply([
            Tally("good", "a"),
            Tally("culprit", "bad"),
            Tally("culprit", "behind"),
            Tally("good", "b"),
        ]);
        probe.Behavior.Batches.ShouldBe(
            [4, 1, 1, 1],
            "All, then each by itself; what waits behind the culprit is not even tried."
        );
        (await probe.Effects("good")).ShouldBe(["a", "b"]);
        (await probe.Effects("culprit")).ShouldBeEmpty();

        probe.Behavior.Behave();
        await probe.Advance(TimeSpan.FromMinutes(1));
        (await probe.Effects("culprit")).ShouldBe(["bad", "behind"]);
    }

    [Fact]
    public async Task Publishes_nothing()
    {
        probe.Behavior.OnTally = (db, tally) => db.Publish(new NoteTakenV1(tally.Topic, "follows"));
        await PublishAndApply([Tally("publishes", "a")]);

        (await probe.Sql.List<string>("select error from parked_events where key = 'publishes'"))
            .ShouldHaveSingleItem()
            .ShouldContain("A batch reaction of probe publishes NoteTakenV1");
        probe.Behavior.OnTally = (db, tally) =>
            db.Schedule(new NoteTakenV1(tally.Topic, "follows"), probe.Clock.Now.AddHours(1));
        await probe.Advance(TimeSpan.FromMinutes(1));
        (await probe.Sql.List<string>("select error from parked_events where key = 'publishes'"))
            .ShouldHaveSingleItem()
            .ShouldContain("A batch reaction of probe publishes NoteTakenV1");
        (await probe.Effects("publishes")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_traced_to_the_cause_of_each_event()
    {
        List<Activity> ended = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name is EventLogDiagnostics.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (ended)
                {
                    ended.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        List<string> causes = [];
        for (var i = 0; i < 2; i++)
        {
            using var request = new Activity("request").Start();
            causes.Add(request.TraceId.ToHexString());
            await Publish([Tally("traced", "a")]);
        }

        await probe.Pump.Run();

        lock (ended)
        {
            var batch = ended.Single(activity => Equals(activity.GetTagItem("messaging.batch.message_count"), 2));
            batch.Links.Select(link => link.Context.TraceId.ToHexString()).ShouldBe(causes);
            batch.ParentId.ShouldBeNull();
        }
    }

    private static TallyMarkedV1 Tally(string topic, string text) => new(topic, text);

    private async Task PublishAndApply(IEnumerable<IIntegrationEvent> events)
    {
        await Publish(events);
        await probe.Pump.Run();
    }

    private async Task Publish(IEnumerable<IIntegrationEvent> events)
    {
        await using var scope = probe.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProbeDbContext>();
        foreach (var happened in events)
        {
            db.Publish(happened);
        }

        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }
}
