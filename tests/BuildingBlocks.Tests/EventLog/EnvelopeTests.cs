using System.Diagnostics;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.Tests.Database;
using BuildingBlocks.Tests.Probe;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>What travels with an event beside its payload, and when it sets out.</summary>
public sealed class EnvelopeTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    [Fact]
    public async Task Carries_correlation_and_causation_into_what_follows()
    {
        Correlation.Begin("request-17");
        await probe.Save<ProbeDbContext>(db => db.Publish(new NoteTakenV1("correlated", "echo")));

        var effects = await probe.Sql.Rows(
            "select text, event_id, correlation_id, causation_id from effects where key = 'correlated' order by id"
        );
        effects.Select(effect => effect[0]).ShouldBe(["echo", "echoed"]);
        effects.Select(effect => effect[2]).ShouldBe(["request-17", "request-17"]);
        effects[0][3].ShouldBeNull("A request causes it, not an event.");
        effects[1][3].ShouldBe(effects[0][1]!.ToString());
    }

    [Fact]
    public async Task An_event_without_a_request_begins_a_correlation_of_its_own()
    {
        await probe.Save<ProbeDbContext>(db => db.Publish(new NoteTakenV1("uncorrelated", "echo")));

        var effects = await probe.Sql.Rows(
            "select event_id, correlation_id from effects where key = 'uncorrelated' order by id"
        );
        effects.Select(effect => effect[1]).ShouldAllBe(correlation => Equals(correlation, effects[0][0]!.ToString()));
    }

    [Fact]
    public async Task An_event_that_breaks_its_own_rules_is_not_published_and_one_that_was_stored_is_applied()
    {
        await probe.Save<ProbeDbContext>(db =>
        {
            NoteTakenV1 blank = new("rules", "");
            Action[] ways = [() => db.Publish(blank), () => db.Schedule(blank, DateTimeOffset.UnixEpoch)];
            foreach (var publish in ways)
            {
                Should
                    .Throw<InvalidOperationException>(publish)
                    .Message.ShouldBe(
                        "probe publishes NoteTakenV1 with values that break the rules it declares: "
                            + "'text' must not be blank. Refuse the values before, or correct the rules."
                    );
            }
        });
        await probe.Given(new NoteTakenV1("rules", ""));

        (await probe.Effects("rules")).ShouldBe([""]);
    }

    [Fact]
    public async Task Carries_the_trace_into_what_follows()
    {
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name is EventLogDiagnostics.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        string traceId;
        using (var request = new Activity("request").Start())
        {
            traceId = request.TraceId.ToHexString();
            await probe.PublishOnly("traced", "echo");
        }

        await probe.Pump.Run();

        (
            await probe.Sql.List<string>(
                "select split_part(trace_parent, '-', 2) from effects where key = 'traced' order by id"
            )
        ).ShouldBe([traceId, traceId]);
    }

    [Fact]
    public async Task A_scheduled_event_is_published_when_it_is_due_and_not_before()
    {
        var dueAt = probe.Clock.Now.AddHours(1);
        await probe.Save<ProbeDbContext>(db => db.Schedule(new NoteTakenV1("scheduled", "a"), dueAt));
        await probe.Advance(TimeSpan.FromMinutes(59));
        (await probe.Effects("scheduled")).ShouldBeEmpty();

        await probe.Advance(TimeSpan.FromMinutes(1));
        await probe.Advance(TimeSpan.FromHours(1));

        (await probe.Effects("scheduled")).ShouldBe(["a"]);
        (await probe.Sql.Value<long>("select count(*) from scheduled_events where key = 'scheduled'")).ShouldBe(0);
    }
}
