using System.Globalization;
using BuildingBlocks.EventLog.Feeds;

namespace BuildingBlocks.Tests.Feeds;

/// <summary>A shadow takes each event once, in order, and nothing that cannot be right.</summary>
public sealed class ShadowTests(FeedFixture feed) : IClassFixture<FeedFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_filled_in_the_order_of_the_feed_with_the_ids_of_its_own_cluster()
    {
        await Fill("filled", "a", "b", "c");

        (await feed.InShadow("filled")).ShouldBe(await feed.AtHome("filled"));
        (
            await feed.Shadow.Value<long>(
                "select count(*) from outbox where tx_id = source_tx_id or "
                    + "not pg_visible_in_snapshot(tx_id, pg_current_snapshot())"
            )
        ).ShouldBe(0);
        (await feed.Shadow.Value<DateTime>("select as_of from feed_in")).ShouldBeGreaterThan(DateTime.MinValue);
    }

    [Fact]
    public async Task An_answer_that_comes_twice_or_late_is_appended_once()
    {
        await Fill("twice", "a", "b");
        var after = await feed.Next() - 1;
        await feed.Home.PublishOnly("twice", "c", "d");
        await feed.Settle();
        var answer = await feed.Ask(new("probe", after, Last: null, FeedFixture.Types, 10, TimeSpan.Zero));
        var (one, other) = (feed.NewShadow(), feed.NewShadow());

        await Task.WhenAll(
            one.AppendAsync(answer, FeedFixture.Types, Cancellation),
            other.AppendAsync(answer, FeedFixture.Types, Cancellation)
        );
        await one.AppendAsync(answer with { Events = [answer.Events[0]] }, FeedFixture.Types, Cancellation);

        (await feed.InShadow("twice")).ShouldBe(await feed.AtHome("twice"));
        (await feed.Next()).ShouldBe(after + 3);
    }

    [Fact]
    public async Task A_gap_is_refused_and_nothing_is_appended()
    {
        await Fill("gap", "a");
        var after = await feed.Next() - 1;
        await feed.Home.PublishOnly("gap", "b", "c");
        await feed.Settle();
        var answer = await feed.Ask(new("probe", after, Last: null, FeedFixture.Types, 10, TimeSpan.Zero));

        var refused = await Should.ThrowAsync<FeedRefusedException>(() =>
            feed.NewShadow().AppendAsync(answer with { Events = [answer.Events[1]] }, FeedFixture.Types, Cancellation)
        );

        refused.Message.ShouldContain(
            string.Create(CultureInfo.InvariantCulture, $"goes on at {after + 2}, but {after + 1} comes next")
        );
        (await feed.InShadow("gap")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Another_epoch_is_refused_and_names_the_way_out()
    {
        await Fill("epoch", "a");
        await feed.Home.PublishOnly("epoch", "b");
        await feed.Settle();

        var refused = await Refused(answer => answer with { Epoch = Guid.CreateVersion7() });

        refused.ShouldContain("is of another epoch");
        refused.ShouldContain("'feeds reset probe'");
        (await feed.InShadow("epoch")).Count.ShouldBe(1);
        await feed.Pull(feed.NewPuller());
    }

    [Theory]
    [InlineData("module", "for module 'orders'")]
    [InlineData("hole", "so that events are missing or out of order")]
    [InlineData("order", "so that events are missing or out of order")]
    [InlineData("replay", "so that events are missing or out of order")]
    [InlineData("payload", "without its payload")]
    [InlineData("version", "note.taken version 7, which this build does not know")]
    [InlineData("envelope", "with an envelope that no event has")]
    [InlineData("size", "though 1000 were asked for")]
    public async Task A_bad_answer_stops_the_feed_where_it_is(string fault, string message)
    {
        await Fill("bad", "a");
        await feed.Home.PublishOnly("bad", "b", "c", "d");
        await feed.Settle();
        var before = await feed.Next();

        var refused = await Refused(answer =>
            fault switch
            {
                "module" => answer with { Module = "orders" },
                "hole" => answer with { Events = [answer.Events[0], answer.Events[2]] },
                "order" => answer with { Events = [answer.Events[1], answer.Events[0]] },
                "replay" => answer with { Events = [answer.Events[0] with { Seq = 1 }] },
                "payload" => answer with { Events = [answer.Events[0] with { Payload = null }] },
                "version" => answer with { Events = [answer.Events[0], answer.Events[1] with { Version = 7 }] },
                "envelope" => answer with { Events = [answer.Events[0] with { Id = Guid.Empty }] },
                _ => answer with { Events = [.. Enumerable.Repeat(answer.Events[0], 1_001)] },
            }
        );

        refused.ShouldContain(message);
        refused.ShouldContain("Nothing was appended");
        (await feed.Next()).ShouldBe(before);
        await feed.Pull(feed.NewPuller());
        (await feed.InShadow("bad")).ShouldBe(await feed.AtHome("bad"), "It goes on once the fault is mended.");
    }

    [Fact]
    public async Task What_cannot_be_stored_stops_the_feed_where_it_is()
    {
        await Fill("unstorable", "a");
        await feed.Home.PublishOnly("unstorable", "b");
        await feed.Settle();

        var refused = await Refused(answer =>
            answer with
            {
                Events = [answer.Events[0] with { Payload = """{"text":"\u0000"}""" }],
            }
        );

        refused.ShouldContain("cannot be stored");
        (await feed.InShadow("unstorable")).Count.ShouldBe(1);
        await feed.Pull(feed.NewPuller());
    }

    [Fact]
    public async Task Types_that_nobody_reacts_to_travel_without_payload_until_somebody_does()
    {
        await feed.Forget();
        await feed.Home.PublishOnly("types", "a");
        await feed.Settle();
        await feed.Pull(feed.NewPuller(types: ["note.echoed"]));
        (await feed.Shadow.Value<long>("select count(payload) from outbox")).ShouldBe(0);

        var refused = await Should.ThrowAsync<FeedRefusedException>(() =>
            feed.NewPuller().StepAsync(Cancellation, Cancellation)
        );

        refused.Message.ShouldContain("events of note.taken without payload");
        refused.Message.ShouldContain("'feeds reset probe'");
        await feed.Forget();
        await feed.Pull(feed.NewPuller());
    }

    [Fact]
    public async Task An_answer_asked_for_before_another_Host_wanted_more_types_is_dropped()
    {
        await feed.Forget();
        await feed.Home.PublishOnly("more", "a");
        await feed.Settle();
        var old = await feed.Ask(new("probe", 0, Last: null, [], 10, TimeSpan.Zero));
        await feed.NewShadow().WantAsync(FeedFixture.Types, Cancellation);

        (await feed.NewShadow().AppendAsync(old, [], Cancellation)).ShouldBeNull();

        (await feed.Next()).ShouldBe(1);
        await feed.Pull(feed.NewPuller());
        (await feed.Shadow.Value<long>("select count(*) from outbox where payload is null")).ShouldBe(0);
    }

    private async Task Fill(string topic, params string[] texts)
    {
        await feed.Home.PublishOnly(topic, texts);
        await feed.Settle();
        await feed.Pull(feed.NewPuller());
    }

    private async Task<string> Refused(Func<FeedAnswer, FeedAnswer> spoil)
    {
        var puller = feed.NewPuller(async question => spoil(await feed.Ask(question)));
        return (
            await Should.ThrowAsync<FeedRefusedException>(() => puller.StepAsync(Cancellation, Cancellation))
        ).Message;
    }
}
