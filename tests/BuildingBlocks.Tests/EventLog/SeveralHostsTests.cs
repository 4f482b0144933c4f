using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>
/// Any number of Hosts share the subscriptions, the scheduled events and the retries of one database.
/// </summary>
public sealed class SeveralHostsTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    private static readonly string[] Modules = ["probe"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_in_one_Host_wakes_the_subscribers_in_another()
    {
        EventSignals here = new(),
            there = new();
        using var waking = ActivatorUtilities.CreateInstance<HostWakeUps>(probe.Services, Modules, here);
        using var woken = ActivatorUtilities.CreateInstance<HostWakeUps>(probe.Services, Modules, there);
        var (own, others, indifferent) = (
            here.Listen("probe"),
            there.Listen("probe", ["note.taken"]),
            there.Listen("probe", ["note.echoed"])
        );
        await waking.StartAsync(Cancellation);
        await woken.StartAsync(Cancellation);

        // The other Host begins to listen some time after it has started; from then on every commit wakes it.
        await Eventually.Holds(async () =>
        {
            here.Notify("probe", ["note.taken"]);
            return await others.Wait(TimeSpan.FromMilliseconds(100), Cancellation);
        });
        (await own.Wait(TimeSpan.FromSeconds(1), Cancellation)).ShouldBeTrue(
            "A commit signals in its own process at once."
        );
        (await indifferent.Wait(TimeSpan.Zero, Cancellation)).ShouldBeFalse(
            "Nobody is woken for what it only passes over."
        );
        here.Notify("probe", []);
        (await indifferent.Wait(TimeSpan.FromSeconds(10), Cancellation)).ShouldBeTrue(
            "What may be anything wakes everybody."
        );
        while (await own.Wait(TimeSpan.FromMilliseconds(500), Cancellation)) { }

        there.Wake("probe", []);
        (await own.Wait(TimeSpan.FromMilliseconds(500), Cancellation)).ShouldBeFalse(
            "Being woken is not passed on, or two Hosts would wake each other for ever."
        );
        (
            await probe.Sql.Value<long>(
                "select count(*) from pg_stat_activity where datname = current_database() and application_name = "
                    + "'host with 10 connections'"
            )
        ).ShouldBe(2, "The next Host to start sees what each of these may use.");
        await waking.StopAsync(Cancellation);
        await woken.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_parked_event_is_tried_once_for_each_due_time_however_many_Hosts_run()
    {
        var tries = 0;
        await probe.PublishOnly("tried", "a");
        probe.Behavior.OnNote = async (note, token) =>
        {
            if (string.Equals(note.Topic, "tried", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref tries);
                await Task.Delay(20, token);
                throw new InvalidOperationException("broken");
            }
        };
        var worker = probe.NewWorker();
        while (await worker.StepAsync(Cancellation) is StepOutcome.Moved) { }

        tries.ShouldBe(2, "Once in its page, once alone.");

        for (var due = 1; due < ProbeFixture.MaxAttempts; due++)
        {
            probe.Clock.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAll(
                Enumerable
                    .Range(0, 8)
                    .Select(async _ =>
                    {
                        var retry = probe.NewRetry();
                        while (await retry(Cancellation)) { }
                    })
            );
            tries.ShouldBe(2 + due);
        }

        probe.Behavior.Behave();
        (await probe.Sql.List<string>("select status from parked_events where key = 'tried'")).ShouldBe(["dead"]);
    }

    [Fact]
    public async Task A_scheduled_event_is_published_once_however_many_Hosts_run()
    {
        var due = probe.Clock.Now + TimeSpan.FromMinutes(1);
        for (var number = 0; number < 40; number++)
        {
            await probe.Sql.Execute(
                "insert into scheduled_events (event_id, due_at, event_type, event_version, key, payload, "
                    + "correlation_id) values ($1, $2, 'note.taken', 1, $3, $4::jsonb, 'appointment')",
                Guid.CreateVersion7(),
                due,
                $"appointment-{number}",
                """{"topic":"appointment","text":"due"}"""
            );
        }

        (await probe.NewSchedule()(Cancellation)).ShouldBeFalse();
        (await probe.Sql.Value<long>("select count(*) from outbox where key like 'appointment-%'")).ShouldBe(0);
        probe.Clock.Advance(TimeSpan.FromMinutes(1));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => probe.NewSchedule()(Cancellation)));

        (await probe.Sql.Value<long>("select count(*) from outbox where key like 'appointment-%'")).ShouldBe(40);
        (await probe.Sql.Value<long>("select count(*) from scheduled_events")).ShouldBe(0);
    }

    [Fact]
    public async Task Another_Host_goes_on_when_one_dies_in_the_middle_of_a_page()
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        probe.Behavior.OnNote = async (note, token) =>
        {
            if (string.Equals(note.Topic, "taken over", StringComparison.Ordinal) && reached.TrySetResult())
            {
                await Task.Delay(Timeout.Infinite, token);
            }
        };
        using var dying = probe.NewHost();
        await dying.StartAsync(Cancellation);
        await probe.PublishOnly("taken over", "a", "b");
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(3), Cancellation);
        using var living = probe.NewHost();
        await living.StartAsync(Cancellation);

        // What a kill does to its connections: the server ends their transactions.
        await probe.AdministratorSql.Execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = "
                + "'idle in transaction'"
        );
        await Eventually.Holds(async () => (await probe.Effects("taken over")).Count >= 2);
        await living.StopAsync(Cancellation);
        await dying.StopAsync(new CancellationToken(canceled: true));

        (await probe.Effects("taken over")).ShouldBe(["a", "b"]);
        probe.Behavior.Behave();
    }
}
