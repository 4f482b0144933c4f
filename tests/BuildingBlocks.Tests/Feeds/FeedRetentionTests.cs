using BuildingBlocks.EventLog.Feeds;

namespace BuildingBlocks.Tests.Feeds;

/// <summary>What a reader has yet to fetch is kept, and what is no longer kept is not passed over.</summary>
public sealed class FeedRetentionTests : IAsyncLifetime
{
    private readonly FeedFixture feed = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => feed.InitializeAsync();

    public ValueTask DisposeAsync() => feed.DisposeAsync();

    [Fact]
    public async Task History_that_a_reader_has_yet_to_fetch_is_kept_and_pages_go_with_their_events()
    {
        await feed.Home.PublishOnly("pruned", "a");
        await feed.Settle();
        await feed.Home.PublishOnly("pruned", "b", "c");
        await feed.Settle();

        await Prune();
        (await Read(0)).Count.ShouldBe(3, "A reader that is named in the settings holds history before it first asks.");
        await feed.Pages.ReportAsync("reader", after: 1, Cancellation);
        await Prune();
        (await Read(1)).Count.ShouldBe(2, "The reader has yet to fetch them.");
        (await feed.Home.Sql.Value<long>("select min(first_seq) from feed_pages")).ShouldBe(2);
        (await Should.ThrowAsync<FeedPrunedException>(() => Read(0))).Oldest.ShouldBe(2);

        // Somebody forgets the reader, and retention takes a part of a page.
        await feed.Home.AdministratorSql.Execute(
            "delete from probe.outbox where position = (select min(position) from probe.outbox)"
        );
        (await Should.ThrowAsync<FeedPrunedException>(() => Read(1))).Oldest.ShouldBe(
            4,
            "Of a page that lost an event the others would get wrong numbers."
        );
        await feed.Home.PublishOnly("pruned", "d");
        await feed.Settle();
        (await Read(3)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_new_shadow_begins_with_what_is_kept_and_an_old_one_is_not_led_over_a_gap()
    {
        await feed.Home.PublishOnly("begun", "a");
        await feed.Settle();
        await feed.Pull(feed.NewPuller());
        await feed.Home.PublishOnly("begun", "b");
        await feed.Settle();
        await feed.Home.AdministratorSql.Execute("delete from probe.outbox");
        await feed.Home.PublishOnly("begun", "c");
        await feed.Settle();

        (
            await Should.ThrowAsync<FeedRefusedException>(() => feed.NewPuller().StepAsync(Cancellation, Cancellation))
        ).Message.ShouldContain("Run 'feeds reset probe'");

        await feed.Forget();
        await feed.NewPuller().StepAsync(Cancellation, Cancellation);
        await feed.Pull(feed.NewPuller());
        (await feed.InShadow("begun")).ShouldBe(await feed.AtHome("begun"));
    }

    private async Task<IReadOnlyList<FeedEvent>> Read(long after) =>
        (await feed.Ask(new("probe", after, Last: null, FeedFixture.Types, 10, TimeSpan.Zero))).Events;

    private async Task Prune()
    {
        await feed.Home.Sql.Execute("delete from outbox_consumers where name = 'probe'");
        await feed.Home.Sql.Execute("select prune_outbox(now() + interval '1 hour', 10000)");
        await feed.Pages.PruneAsync(Cancellation);
    }
}
