using BuildingBlocks.EventLog.Feeds;
using BuildingBlocks.Tests.Probe;

namespace BuildingBlocks.Tests.Feeds;

/// <summary>The events of a module get one order, once, for all who read them elsewhere.</summary>
public sealed class FeedOrderTests(FeedFixture feed) : IClassFixture<FeedFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_that_commits_late_comes_later_and_moves_no_other()
    {
        var late = await feed.Home.BeginPublishing("late", "late");
        await feed.Home.PublishOnly("late", "a", "b");
        await feed.Settle();
        var before = await AllSettled();
        await ProbeFixture.Commit(late);
        await feed.Home.PublishOnly("late", "c");

        await feed.Settle();

        var after = await AllSettled();
        after.Take(before.Count).ShouldBe(before, "What has a number keeps it.");
        after.Count.ShouldBe(before.Count + 2);
        after.Select(one => one.Seq).ShouldBe(Enumerable.Range(1, after.Count).Select(seq => (long)seq));
        (await Missing()).ShouldBe(0, "Every committed event has a number.");
    }

    [Fact]
    public async Task Two_Hosts_that_settle_at_the_same_time_number_each_event_once()
    {
        for (var round = 0; round < 10; round++)
        {
            await feed.Home.PublishOnly("two", [.. Enumerable.Range(0, 30).Select(text => $"{round}.{text}")]);
            var (one, other) = (feed.NewSequencer(), feed.NewSequencer());
            await Task.WhenAll(
                Task.Run(() => one.StepAsync(Cancellation), Cancellation),
                Task.Run(() => other.StepAsync(Cancellation), Cancellation)
            );
        }

        await feed.Settle();

        var settled = await AllSettled();
        settled.Select(one => one.Id).Distinct().Count().ShouldBe(settled.Count);
        settled.Select(one => one.Seq).ShouldBe(Enumerable.Range(1, settled.Count).Select(seq => (long)seq));
        (await Missing()).ShouldBe(0);
    }

    [Fact]
    public async Task A_late_commit_does_not_have_a_page_read_all_that_lies_between()
    {
        var late = await feed.Home.BeginPublishing("wide", "late");
        await feed.Home.AdministratorSql.Execute(
            "select setval(pg_get_serial_sequence('probe.outbox', 'position'), "
                + "(select last_value + 5000 from probe.outbox_position_seq))"
        );
        await feed.Home.PublishOnly("wide", "far");
        await ProbeFixture.Commit(late);

        await feed.Settle();

        (
            await feed.Home.Sql.Value<long>("select max((last_position - after_position) / events) from feed_pages")
        ).ShouldBeLessThanOrEqualTo(1_000);
        (await AllSettled()).Count(one => one.Key is "wide").ShouldBe(2);
    }

    [Fact]
    public async Task An_answer_may_end_anywhere_in_a_page_and_the_next_goes_on_there()
    {
        await feed.Home.PublishOnly("parts", [.. Enumerable.Range(0, 20).Select(text => $"{text}")]);
        await feed.Settle();

        List<Guid> read = [];
        for (var after = 0L; ; )
        {
            var answer = await Read(after, limit: 3);
            read.AddRange(answer.Events.Select(one => one.Id));
            answer.Events.Count.ShouldBeLessThanOrEqualTo(3);
            if (answer.Events.Count == 0)
            {
                answer.AsOf.ShouldNotBeNull("The reader has all.");
                break;
            }

            after = answer.Events[^1].Seq;
        }

        read.ShouldBe((await AllSettled()).Select(one => one.Id));
    }

    [Fact]
    public async Task Payloads_travel_of_the_types_that_were_asked_for()
    {
        await feed.Home.PublishOnly("payload", "a");
        await feed.Settle();

        (await Read(0, limit: 1_000)).Events.ShouldAllBe(one => one.Payload != null);
        (await Read(0, limit: 1_000, types: ["order.placed"])).Events.ShouldAllBe(one => one.Payload == null);
    }

    [Fact]
    public async Task A_reader_that_has_more_than_the_feed_or_another_event_is_refused()
    {
        await feed.Home.PublishOnly("other", "a");
        await feed.Settle();
        var settled = await AllSettled();

        (await Refused(settled.Count + 5, Guid.CreateVersion7())).ShouldContain($"the feed ends at {settled.Count}");
        (await Refused(settled.Count, Guid.CreateVersion7())).ShouldContain("the module's log was restored");
        (await Read(settled.Count, limit: 10, last: settled[^1].Id)).Events.ShouldBeEmpty();
    }

    private Task<FeedAnswer> Read(long after, int limit, string[]? types = null, Guid? last = null) =>
        feed.Ask(new("probe", after, last, types ?? ["note.taken", "note.echoed"], limit, TimeSpan.Zero));

    private async Task<string> Refused(long after, Guid last) =>
        (await Should.ThrowAsync<FeedRefusedException>(() => Read(after, limit: 10, last: last))).Message;

    private async Task<IReadOnlyList<FeedEvent>> AllSettled()
    {
        List<FeedEvent> all = [];
        while ((await Read(all.Count, limit: 1_000)).Events is { Count: > 0 } more)
        {
            all.AddRange(more);
        }

        return all;
    }

    private Task<long> Missing() =>
        feed.Home.Sql.Value<long>(
            "select count(*) - (select coalesce(sum(events), 0)::bigint from feed_pages) from outbox"
        );
}
