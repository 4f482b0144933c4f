using System.Text.Json;
using BuildingBlocks.Operations;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>
/// What an operator sees of parked events, and does about one or many of them. Each key keeps its order throughout.
/// </summary>
public sealed class ParkedOperationsTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ParkedEventOperations Operator => probe.Services.GetRequiredService<ParkedEventOperations>();

    [Fact]
    public async Task Shows_an_event_with_its_payload_its_error_who_waits_behind_it_and_what_was_done()
    {
        await Park("shown", "a", "b", "c");
        var ids = await Ids("shown");
        (await Operator.RetryAsync(ids[0], "ann", Cancellation)).Succeeded();

        var first = (await Operator.InspectAsync(ids[0], Cancellation)).Succeeded();
        (await Operator.InspectAsync(ids[1], Cancellation)).Succeeded().Before.ShouldBe(ids[0]);

        first.Event.Payload.GetProperty("text").GetString().ShouldBe("a");
        first.Event.Error.ShouldNotBeNull().ShouldContain("broken");
        first.Before.ShouldBeNull();
        first.Behind.ShouldBe([ids[1], ids[2]]);
        first.Actions.Select(action => (action.Action, action.By)).ShouldBe([("retry", "ann")]);
        (await Operator.InspectAsync("probe-999999", Cancellation)).RefusedWith("operations.unknown-parked-event");
    }

    [Fact]
    public async Task Edits_what_cannot_be_applied_as_it_is_and_keeps_what_was_published()
    {
        await Park("edited", "bad", "after");
        var id = (await Ids("edited"))[0];
        probe.Behavior.OnNote = (note, _) =>
            string.Equals(note.Text, "bad", StringComparison.Ordinal)
                ? throw new InvalidOperationException("still bad")
                : Task.CompletedTask;

        var good = JsonElement.Parse("""{"topic":"edited","text":"good"}""");
        (await Operator.EditAsync(id, good, " \u200b", "ann", Cancellation)).RefusedWith("operations.reason-required");
        (await Operator.EditAsync(id, good, "misspelt", "ann", Cancellation)).Succeeded();
        await probe.Pump.Run();

        (await probe.Effects("edited")).ShouldBe(["good", "after"]);
        (
            await probe.Sql.List<string>("select payload ->> 'text' from outbox where key = 'edited' order by position")
        ).ShouldBe(["bad", "after"]);
        (
            await probe.Sql.List<string>(
                "select action || ' by ' || acted_by || ': ' || reason || ', was ' || (event -> 'payload' ->> 'text') "
                    + "from parked_event_actions where event ->> 'key' = 'edited'"
            )
        ).ShouldBe(["edit by ann: misspelt, was bad"]);
        probe.Behavior.Behave();
    }

    [Theory]
    [InlineData("""{"topic":"T"}""", "payload.text")]
    [InlineData("""{"text":"good"}""", "payload.topic")]
    [InlineData("""{"topic":"T","text":"good","txet":"good"}""", "payload.txet")]
    [InlineData("""{"topic":"T","Text":"good"}""", "payload.Text,payload.text")]
    [InlineData("""{"topic":"T","text":null}""", "payload.text")]
    [InlineData("""{"topic":"T","text":5}""", "payload.text")]
    [InlineData("""{"topic":"T","text":" "}""", "payload.text")]
    [InlineData("""{"topic":"T","text":"\u200b"}""", "payload.text")]
    [InlineData("""{"topic":"T","text":"a\u0000b"}""", "payload.text")]
    [InlineData("""{"topic":"T","text":"a\ud800b"}""", "payload.text")]
    [InlineData("""{"topic":"T","text":"good","text":"better"}""", "payload.text")]
    [InlineData("""{"topic":"another","text":"good"}""", "payload.topic")]
    [InlineData("""["T","good"]""", "payload")]
    [InlineData("null", "payload")]
    public async Task Refuses_a_payload_that_is_not_the_event_and_names_the_member(string payload, string members)
    {
        var topic = $"refused-{Guid.CreateVersion7():N}";
        await Park(topic, "bad");
        var id = (await Ids(topic))[0];

        var refused = await Operator.EditAsync(
            id,
            JsonElement.Parse(payload.Replace("\"T\"", $"\"{topic}\"", StringComparison.Ordinal)),
            "a try",
            "ann",
            Cancellation
        );

        refused.RefusedWith("operations.bad-payload");
        refused.Error!.Fields.Keys.ShouldBe(members.Split(','));
        (
            await probe.Sql.Value<long>("select count(*) from parked_event_actions where event ->> 'key' = $1", topic)
        ).ShouldBe(0);
        (await Operator.DiscardAsync(id, "tried", "ann", Cancellation)).Succeeded();
    }

    [Fact]
    public async Task What_is_read_of_an_event_can_be_sent_back_as_it_is_also_with_members_of_a_newer_publisher()
    {
        await Park("sent-back", "a");
        var id = (await Ids("sent-back"))[0];
        await probe.Sql.Execute(
            """update parked_events set payload = payload || '{"mood": {"of": ["day"]}}' where key = 'sent-back'"""
        );
        var read = (await Operator.InspectAsync(id, Cancellation)).Succeeded().Event.Payload;

        (
            await Operator.EditAsync(
                id,
                JsonElement.Parse("""{"topic":"sent-back","text":"a","mood":"another"}"""),
                "a try",
                "ann",
                Cancellation
            )
        )
            .Error.ShouldNotBeNull()
            .Fields.Keys.ShouldBe(["payload.mood"]);
        (await Operator.EditAsync(id, read, "as it was", "ann", Cancellation)).Succeeded();
        await probe.Pump.Run();

        (await probe.Effects("sent-back")).ShouldBe(["a"]);
    }

    [Fact]
    public async Task Cannot_edit_an_event_that_no_code_here_knows_any_more()
    {
        await Park("unknown", "a");
        var id = (await Ids("unknown"))[0];
        await probe.Sql.Execute("update parked_events set event_version = 99 where key = 'unknown'");

        (
            await Operator.EditAsync(
                id,
                JsonElement.Parse("""{"topic":"unknown","text":"a"}"""),
                "a try",
                "ann",
                Cancellation
            )
        ).RefusedWith("operations.unknown-event-type");
        (await Operator.DiscardAsync(id, "tried", "ann", Cancellation)).Succeeded();
    }

    [Fact]
    public async Task Tries_many_again_at_a_limited_rate_in_the_order_of_each_key()
    {
        string[] topics = ["many-0", "many-1", "many-2", "many-3"];
        foreach (var topic in topics)
        {
            await Park(topic, "a", "b");
            await probe.Sql.Execute("update parked_events set status = 'dead' where key = $1 and attempts > 0", topic);
        }

        var taken = (
            await Operator.RetryAllAsync(
                new(Status: "dead", ErrorContains: "broken"),
                perSecond: 2,
                "ann",
                Cancellation
            )
        ).Succeeded();
        (taken.Count, taken.More, taken.Until - probe.Clock.Now).ShouldBe((4, false, TimeSpan.FromSeconds(2)));

        await probe.Pump.Run();
        (await Applied(topics)).ShouldBe(0, "The first is due in half a second.");
        await probe.Advance(TimeSpan.FromSeconds(1));
        (await Applied(topics)).ShouldBe(4, "Two a second, and what waited behind each.");
        await probe.Advance(TimeSpan.FromSeconds(1));

        foreach (var topic in topics)
        {
            (await probe.Effects(topic)).ShouldBe(["a", "b"]);
        }

        (
            await probe.Sql.Value<long>(
                "select count(*) from parked_event_actions where action = 'retry' and event ->> 'key' like 'many-%'"
            )
        ).ShouldBe(4);
    }

    [Fact]
    public async Task Discards_many_with_one_reason()
    {
        await Park("gone", "a", "b");
        await Park("stays", "c");
        probe.Behavior.Behave();

        (await Operator.DiscardAllAsync(new(Key: "gone"), "a test", "ann", Cancellation)).Succeeded().Count.ShouldBe(2);
        await probe.Advance(TimeSpan.FromMinutes(1));

        (await probe.Effects("gone")).ShouldBeEmpty();
        (await probe.Effects("stays")).ShouldBe(["c"]);
        (
            await probe.Sql.Value<long>(
                "select count(*) from parked_event_actions where action = 'discard' and reason = 'a test'"
            )
        ).ShouldBe(2);
    }

    [Fact]
    public async Task Lists_what_a_filter_names()
    {
        await Park("listed", "a", "b");

        (
            await Operator.ListAsync(
                new(Subscription: "probe", Source: "probe", EventType: "note.taken", Key: "listed"),
                Cancellation
            )
        )
            .Succeeded()
            .Count.ShouldBe(2);
        (await Operator.ListAsync(new(Key: "listed", ErrorContains: "broken"), Cancellation))
            .Succeeded()
            .Count.ShouldBe(1);
        (await Operator.ListAsync(new(Key: "listed", Status: "dead"), Cancellation)).Succeeded().ShouldBeEmpty();
        probe.Behavior.Behave();
        await probe.Advance(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Refuses_to_act_on_everything_or_faster_than_is_sensible()
    {
        (await Operator.RetryAllAsync(new(), 1, "ann", Cancellation)).RefusedWith("operations.filter-required");
        (await Operator.DiscardAllAsync(new(), "all of it", "ann", Cancellation)).RefusedWith(
            "operations.filter-required"
        );
        (await Operator.DiscardAllAsync(new(Key: "x"), reason: null, "ann", Cancellation)).RefusedWith(
            "operations.reason-required"
        );
        (await Operator.RetryAllAsync(new(Key: "x"), 0, "ann", Cancellation)).RefusedWith("operations.bad-rate");
        (await Operator.RetryAllAsync(new(Key: "x"), 101, "ann", Cancellation)).RefusedWith("operations.bad-rate");
        (await Operator.ListAsync(new(Status: "asleep"), Cancellation)).RefusedWith("operations.bad-filter");
        (await Operator.ListAsync(new(ErrorContains: ""), Cancellation))
            .Error.ShouldNotBeNull()
            .Fields.Keys.ShouldBe(["errorContains"]);
        (await Operator.DiscardAllAsync(new(EventType: ""), "a test", "ann", Cancellation))
            .Error.ShouldNotBeNull()
            .Fields.Keys.ShouldBe(["filter.eventType"]);
        (await Operator.RetryAllAsync(new(), 1, "ann", Cancellation))
            .Error.ShouldNotBeNull()
            .Fields.Keys.ShouldBe(["filter"]);
    }

    /// <summary>
    /// Leaves the first as failed once and the others waiting behind it, and lets later tries succeed.
    /// </summary>
    private async Task Park(string topic, params string[] texts)
    {
        probe.Behavior.FailOn(topic, new InvalidOperationException("broken"));
        await probe.PublishOnly(topic, texts);
        await probe.Pump.Run();
        probe.Behavior.Behave();
    }

    private async Task<string[]> Ids(string topic) =>
        [.. (await Operator.ListAsync(new(Key: topic), Cancellation)).Succeeded().Select(parked => parked.Id)];

    private Task<long> Applied(string[] topics) =>
        probe.Sql.Value<long>("select count(*) from effects where key = any ($1)", (object)topics);
}
