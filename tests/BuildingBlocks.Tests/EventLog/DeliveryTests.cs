using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Tests.Database;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>From commit to effect: nothing is lost, nothing doubled, nothing held back.</summary>
public sealed class DeliveryTests(ProbeFixture probe) : IClassFixture<ProbeFixture>, IAsyncLifetime
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Each test begins at the end of the log, whatever the ones before have left.</summary>
    public async ValueTask InitializeAsync()
    {
        probe.Behavior.Behave();
        await probe.Pump.Run();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Delivers_a_committed_event_exactly_once()
    {
        await probe.PublishOnly("once", "a");
        await probe.Pump.Run();
        await probe.Pump.Run();
        await probe.NewWorker().StepAsync(Cancellation);

        (await probe.Effects("once")).ShouldBe(["a"]);
    }

    [Fact]
    public async Task Never_delivers_an_event_that_was_rolled_back()
    {
        await using (var scope = probe.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<ProbeDbContext>();
            await using var transaction = await db.Database.BeginTransactionAsync(Cancellation);
            db.Publish(new NoteTakenV1("rolled-back", "a"));
            await db.SaveChangesAsync(Cancellation);
            await probe.Pump.Run();
            await transaction.RollbackAsync(Cancellation);
        }

        await probe.PublishOnly("rolled-back", "b");
        await probe.Pump.Run();

        (await probe.Effects("rolled-back")).ShouldBe(["b"]);
    }

    [Fact]
    public async Task Delivers_an_event_that_commits_after_a_later_one_was_delivered()
    {
        var late = await probe.BeginPublishing("late", "early position, late commit");
        await probe.PublishOnly("late", "later position, early commit");
        await probe.Pump.Run();
        (await probe.Effects("late")).ShouldBe(["later position, early commit"]);

        await ProbeFixture.Commit(late);
        await probe.Pump.Run();
        await probe.Pump.Run();

        (await probe.Effects("late")).ShouldBe(["later position, early commit", "early position, late commit"]);
    }

    [Fact]
    public async Task A_long_open_transaction_elsewhere_holds_nothing_back()
    {
        await using var connection = await probe.AdministratorSql.Connections.OpenConnectionAsync(Cancellation);
        await using var open = await connection.BeginTransactionAsync(Cancellation);
        await using (var write = connection.CreateCommand())
        {
            write.CommandText = "select pg_current_xact_id()";
            await write.ExecuteNonQueryAsync(Cancellation);
        }

        await probe.PublishOnly("unhindered", "a");
        await probe.Pump.Run();

        (await probe.Effects("unhindered")).ShouldBe(["a"]);
    }

    [Fact]
    public async Task Goes_through_a_step_larger_than_a_page_in_order()
    {
        var texts = Enumerable.Range(0, (4 * ProbeFixture.PageSize) + 3).Select(number => $"{number}").ToArray();
        await probe.PublishOnly("large", texts);

        // Each page by another worker, as if every Host died after one.
        while (await probe.NewWorker().StepAsync(Cancellation) is not StepOutcome.Idle) { }

        (await probe.Effects("large")).ShouldBe(texts);
    }

    [Fact]
    public async Task A_consumer_that_comes_later_is_given_all_that_is_kept_in_order()
    {
        var texts = Enumerable.Range(0, (2 * ProbeFixture.PageSize) + 3).Select(number => $"{number}").ToArray();
        await probe.PublishOnly("before it came", texts);
        await probe.Pump.Run();

        // As if the module had been added only now.
        await probe.Sql.Execute("delete from effects");
        await probe.Sql.Execute("delete from subscriptions");
        var worker = probe.NewWorker();
        while (await worker.StepAsync(Cancellation) == StepOutcome.Moved)
        {
            // Page by page.
        }

        (await probe.Effects("before it came")).ShouldBe(texts);
    }

    [Fact]
    public async Task Knows_when_a_page_left_nothing_so_that_it_need_not_look_again()
    {
        var worker = probe.NewWorker();
        while (await worker.StepAsync(Cancellation) is not StepOutcome.Idle)
        {
            // What other tests left.
        }

        worker.ReachedHead.ShouldBeTrue();
        await probe.PublishOnly("left nothing", "a");
        (await worker.StepAsync(Cancellation)).ShouldBe(StepOutcome.Moved);
        worker.ReachedHead.ShouldBeTrue();

        await probe.PublishOnly(
            "left something",
            [.. Enumerable.Range(0, ProbeFixture.PageSize + 1).Select(number => $"{number}")]
        );
        (await worker.StepAsync(Cancellation)).ShouldBe(StepOutcome.Moved);
        worker.ReachedHead.ShouldBeFalse();
    }

    [Fact]
    public async Task Delivers_what_commits_while_a_large_step_is_under_way()
    {
        var late = await probe.BeginPublishing("between", "late");
        var texts = Enumerable.Range(0, 3 * ProbeFixture.PageSize).Select(number => $"{number}").ToArray();
        await probe.PublishOnly("between", texts);
        (await probe.NewWorker().StepAsync(Cancellation)).ShouldBe(StepOutcome.Moved);
        (await probe.Effects("between")).Count.ShouldBe(ProbeFixture.PageSize);

        await ProbeFixture.Commit(late);
        await probe.Pump.Run();

        (await probe.Effects("between")).ShouldBe([.. texts, "late"]);
    }

    [Fact]
    public async Task Two_workers_on_one_subscription_do_not_double()
    {
        var texts = Enumerable.Range(0, 100).Select(number => $"{number}").ToArray();
        foreach (var some in texts.Chunk(7))
        {
            await probe.PublishOnly("shared", some);
        }

        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(WorkUntilIdle, Cancellation)));

        (await probe.Effects("shared")).ShouldBe(texts);

        async Task WorkUntilIdle()
        {
            var worker = probe.NewWorker();
            while (await worker.StepAsync(Cancellation) is not StepOutcome.Idle) { }
        }
    }

    [Fact]
    public async Task A_worker_killed_in_its_transaction_leaves_nothing_and_the_next_one_delivers()
    {
        await probe.PublishOnly("killed", "a", "b");
        probe.Behavior.OnNote = async (note, token) =>
        {
            if (string.Equals(note.Text, "b", StringComparison.Ordinal))
            {
                await probe.AdministratorSql.Execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = "
                        + "'probe' and state = 'idle in transaction'",
                    probe.Database.Name
                );
                await Task.Delay(TimeSpan.FromMilliseconds(50), token);
            }
        };

        await Should.ThrowAsync<Exception>(() => probe.NewWorker().StepAsync(Cancellation));
        (await probe.Effects("killed")).ShouldBeEmpty();

        probe.Behavior.Behave();
        await probe.Pump.Run();
        (await probe.Effects("killed")).ShouldBe(["a", "b"]);
        (await probe.Sql.Value<long>("select count(*) from parked_events where key = 'killed'")).ShouldBe(0);
    }
}
