using BuildingBlocks.EventLog.Feeds;
using BuildingBlocks.EventLog.Maintenance;

namespace BuildingBlocks.Tests.Feeds;

/// <summary>A home that was restored from a backup, and a shadow that had read on.</summary>
public sealed class FeedHistoryTests : IAsyncLifetime
{
    private readonly FeedFixture feed = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => feed.InitializeAsync();

    public ValueTask DisposeAsync() => feed.DisposeAsync();

    [Fact]
    public async Task A_restored_home_stops_the_feed_and_a_reset_names_what_it_lost_and_goes_on()
    {
        await Fill("a", "b", "c", "d");
        var all = await feed.AtHome("topic");
        await LoseAfter(seq: 2);
        await feed.Home.PublishOnly("topic", "e", "f", "g");
        await feed.Settle();

        var refused = await Should.ThrowAsync<FeedRefusedException>(() =>
            feed.NewPuller().StepAsync(Cancellation, Cancellation)
        );
        refused.Message.ShouldContain("Run 'feeds reset probe'");
        (await History().VerifyAsync(Cancellation)).Differences.Count.ShouldBe(1);

        var reset = await History().ResetAsync(FeedFixture.Types, Cancellation);

        reset.NextSeq.ShouldBe(3);
        reset.Lost.ShouldBe([$"{all[2]} note.taken of topic", $"{all[3]} note.taken of topic"]);
        await feed.Pull(feed.NewPuller());
        (await feed.Shadow.List<Guid>("select event_id from outbox where seq is not null order by seq")).ShouldBe(
            await feed.AtHome("topic")
        );
        (await feed.Shadow.Value<long>("select count(*) from outbox")).ShouldBe(
            7,
            "What was lost may have been applied."
        );
        (await History().VerifyAsync(Cancellation)).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_that_got_another_number_is_not_appended_again()
    {
        await Fill("a", "b", "c");
        var all = await feed.AtHome("topic");

        // After the backup was restored the same events were settled in another order.
        await feed.Home.AdministratorSql.Execute(
            "update probe.feed_pages set first_seq = 105 - first_seq where first_seq > 1"
        );
        await feed.Home.AdministratorSql.Execute(
            "update probe.feed_pages set first_seq = first_seq - 100 where first_seq > 1; "
                + "update probe.feed set epoch = gen_random_uuid()"
        );

        var reset = await History().ResetAsync(FeedFixture.Types, Cancellation);

        reset.Lost.ShouldBeEmpty();
        await feed.Home.PublishOnly("topic", "d");
        await feed.Settle();
        await feed.Pull(feed.NewPuller());
        (await feed.Shadow.List<Guid>("select event_id from outbox order by seq")).ShouldBe([
            all[0],
            all[2],
            all[1],
            .. (await feed.AtHome("topic")).Except(all),
        ]);
    }

    [Fact]
    public async Task A_reset_fetches_payloads_that_are_missing()
    {
        await feed.Home.PublishOnly("topic", "a", "b");
        await feed.Settle();
        await feed.Pull(feed.NewPuller(types: ["note.echoed"]));

        (await History().ResetAsync(FeedFixture.Types, Cancellation)).Payloads.ShouldBe(2);

        await feed.Home.PublishOnly("topic", "c");
        await feed.Settle();
        await feed.Pull(feed.NewPuller());
        (await feed.Shadow.Value<long>("select count(payload) from outbox")).ShouldBe(3);
        (await History().VerifyAsync(Cancellation)).ShouldSatisfyAllConditions(
            verified => verified.Events.ShouldBe(3),
            verified => verified.Differences.ShouldBeEmpty()
        );
    }

    [Fact]
    public async Task What_was_changed_on_the_way_is_found()
    {
        await Fill("a", "b");
        await feed.ShadowAdministrator.Execute(
            """update probe.outbox set payload = '{"topic":"topic","text":"changed"}' where seq = 2"""
        );

        (await History().VerifyAsync(Cancellation)).Differences.Single().ShouldContain("Events 1 to 2 differ");
    }

    [Fact]
    public async Task Repairing_a_log_from_another_cluster_keeps_the_numbers_and_begins_an_epoch()
    {
        await Fill("a", "b");
        var before = await feed.Home.Sql.Value<Guid>("select epoch from feed");
        await feed.Home.AdministratorSql.Execute(
            "update probe.outbox set tx_id = (tx_id::text::bigint + 3000000000)::text::xid8"
        );
        foreach (var table in new[] { "feed", "feed_pages" })
        {
            await feed.Home.AdministratorSql.Execute(
                $"""
                update probe.{table} set checkpoint = case when checkpoint::text = '1:1:' then checkpoint else ((pg_snapshot_xmin(checkpoint)::text::bigint + 3000000000) || ':' || (pg_snapshot_xmax(checkpoint)::text::bigint + 3000000000) || ':')::pg_snapshot end,
                  target = ((pg_snapshot_xmin(target)::text::bigint + 3000000000) || ':' || (pg_snapshot_xmax(target)::text::bigint + 3000000000) || ':')::pg_snapshot
                """
            );
        }

        await EventLogRepair.RepairAsync(feed.Home.AdministratorConnectionString, ["probe"], [], Cancellation);

        (await feed.Home.Sql.Value<Guid>("select epoch from feed")).ShouldNotBe(before);
        await feed.Home.PublishOnly("topic", "c");
        await feed.Settle();
        (await History().ResetAsync(FeedFixture.Types, Cancellation)).Lost.ShouldBeEmpty();
        await feed.Pull(feed.NewPuller());
        (await feed.InShadow("topic")).ShouldBe(await feed.AtHome("topic"));
        (await feed.Home.Sql.Value<long>("select max(position) - min(position) from outbox")).ShouldBeGreaterThan(
            1_000_000_000 - 1,
            "No position that a lost event can have had is given again."
        );
    }

    private FeedHistory History() => new("probe", feed.Feed, (question, _) => feed.Ask(question));

    private async Task Fill(params string[] texts)
    {
        foreach (var text in texts)
        {
            await feed.Home.PublishOnly("topic", text);
            await feed.Settle();
        }

        await feed.Pull(feed.NewPuller());
    }

    /// <summary>Leaves the home as a backup from after that event, repaired.</summary>
    private async Task LoseAfter(long seq)
    {
        var admin = feed.Home.AdministratorSql;
        await admin.Execute(
            "delete from probe.outbox where position > "
                + "(select last_position from probe.feed_pages where first_seq = $1)",
            seq
        );
        await admin.Execute(
            "update probe.feed set next_seq = $1 + 1, checkpoint = "
                + "(select target from probe.feed_pages where first_seq = $1)",
            seq
        );
        await admin.Execute("delete from probe.feed_pages where first_seq > $1", seq);
    }
}
