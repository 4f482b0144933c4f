using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Operations;
using BuildingBlocks.Tests.Database;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>
/// What a module does outside of the database: at least once, each key in order, and only once while nothing dies.
/// </summary>
public sealed class OutboundTests(ProbeFixture probe) : IClassFixture<ProbeFixture>, IAsyncLifetime
{
    private const string Outbound = "probe.outbound";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SubscriptionOperations Control => probe.Services.GetRequiredService<SubscriptionOperations>();

    /// <summary>Each test begins at the end of the log, whatever the ones before have left.</summary>
    public async ValueTask InitializeAsync()
    {
        probe.World.Behave();
        await probe.Pump.Run();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Is_called_in_no_transaction_and_what_it_changes_is_saved_with_the_end_of_the_call()
    {
        IReadOnlyList<string>? open = null;
        probe.World.OnRing = async (_, _, _) =>
            open = await probe.AdministratorSql.List<string>(
                "select query from pg_stat_activity where datname = current_database() and state like 'idle in "
                    + "transaction%'"
            );
        await probe.RingOnly("quiet", "c");
        await probe.Pump.Run();

        open.ShouldNotBeNull().ShouldBeEmpty();
        probe.World.TonesOf("quiet").ShouldBe(["c1"]);
        (await probe.Effects("quiet")).ShouldBe(["c"]);
        (await Calls()).ShouldBe(0, "What the checkpoint has passed is forgotten.");
    }

    [Fact]
    public async Task Is_called_again_under_the_same_key_and_told_so_when_the_Host_dies_before_the_call_ended()
    {
        await probe.RingOnly("killed", "a", "b");
        using (CancellationTokenSource kill = new())
        {
            // Nothing is written down any more, as after kill -9.
            probe.World.OnRing = async (_, _, _) => await kill.CancelAsync();
            var dying = probe.NewOutboundWorker();
            await Should.ThrowAsync<OperationCanceledException>(() => dying.StepAsync(kill.Token));
        }

        probe.World.Behave();
        var next = probe.NewOutboundWorker();
        (await next.StepAsync(Cancellation)).ShouldBe(StepOutcome.Elsewhere, "The dead one's lease lasts.");
        probe.Clock.Advance(TimeSpan.FromSeconds(31));
        await Drain(next);

        probe.World.TonesOf("killed").ShouldBe(["a1", "a2", "b1"]);
        probe
            .World.Heard.Where(call => call is { Tower: "killed", Tone: "a" })
            .Select(call => call.EventId)
            .Distinct()
            .ShouldHaveSingleItem();
        (await probe.Effects("killed")).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task What_ended_before_the_Host_died_is_not_called_again()
    {
        await probe.RingOnly("ended", "a", "b");
        using (CancellationTokenSource kill = new())
        {
            probe.World.OnRing = async (bell, _, _) =>
            {
                if (string.Equals(bell.Tone, "b", StringComparison.Ordinal))
                {
                    await kill.CancelAsync();
                }
            };
            await Should.ThrowAsync<OperationCanceledException>(() => probe.NewOutboundWorker().StepAsync(kill.Token));
        }

        probe.World.Behave();
        probe.Clock.Advance(TimeSpan.FromSeconds(31));
        await Drain(probe.NewOutboundWorker());

        probe.World.TonesOf("ended").ShouldBe(["a1", "b1", "b2"]);
        (await probe.Effects("ended")).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task Several_Hosts_call_once_for_each_event()
    {
        using var host = probe.NewHost();
        using var other = probe.NewHost();
        await host.StartAsync(Cancellation);
        await other.StartAsync(Cancellation);
        probe.World.OnRing = (_, _, token) => Task.Delay(1, token);
        string[] tones = ["a", "b", "c", "d", "e", "f", "g", "h"];
        for (var tower = 0; tower < 6; tower++)
        {
            await probe.RingOnly($"shared-{tower}", tones);
        }

        await Eventually.Holds(async () =>
            await probe.Sql.Value<long>("select count(*) from effects where key like 'shared-%'") >= 48
        );
        await host.StopAsync(Cancellation);
        await other.StopAsync(Cancellation);

        for (var tower = 0; tower < 6; tower++)
        {
            probe.World.TonesOf($"shared-{tower}").ShouldBe(tones.Select(tone => $"{tone}1"));
        }
    }

    [Fact]
    public async Task A_slow_key_delays_only_itself_and_never_more_are_called_at_once_than_may_be()
    {
        var (now, most) = (0, 0);
        TaskCompletionSource others = new(TaskCreationOptions.RunContinuationsAsynchronously);
        probe.World.OnRing = async (bell, _, token) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref now));
            if (string.Equals(bell.Tower, "slow", StringComparison.Ordinal))
            {
                await others.Task.WaitAsync(token);
            }
            else if (probe.World.Heard.Count(call => call.Tower.StartsWith("swift", StringComparison.Ordinal)) == 4)
            {
                others.TrySetResult();
            }

            Interlocked.Decrement(ref now);
        };
        await probe.RingOnly("slow", "a");
        foreach (var tower in Enumerable.Range(0, 4))
        {
            await probe.RingOnly($"swift-{tower}", "x");
        }

        await Drain(probe.NewOutboundWorker());

        most.ShouldBeInRange(2, 3);
        probe.World.TonesOf("slow").ShouldBe(["a1"]);
    }

    [Fact]
    public async Task A_failing_event_is_parked_with_its_key_and_tried_again_until_it_is_dead()
    {
        probe.World.OnRing = (bell, _, _) =>
            string.Equals(bell.Tower, "cracked", StringComparison.Ordinal)
                ? throw new InvalidOperationException("cracked")
                : Task.CompletedTask;
        await probe.RingOnly("cracked", "a", "b");
        await probe.RingOnly("whole", "x");
        await probe.Pump.Run();

        probe.World.TonesOf("whole").ShouldBe(["x1"]);
        probe.World.TonesOf("cracked").ShouldBe(["a1"]);
        (await Parked("cracked")).ShouldBe(["waiting 1", "waiting 0"]);

        for (var due = 2; due <= 3; due++)
        {
            probe.Clock.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => probe.NewOutboundRetry()(Cancellation)));
            probe.World.TonesOf("cracked").Length.ShouldBe(due, "Once for each due time, however many Hosts run.");
        }

        (await Parked("cracked")).ShouldBe(["dead 3", "waiting 0"]);
        probe.World.Behave();
        var dead = await probe.Sql.Value<long>(
            "select id from parked_events where key = 'cracked' and status = 'dead'"
        );
        (
            await probe
                .Services.GetRequiredService<ParkedEventOperations>()
                .RetryAsync($"probe-{dead}", "ann", Cancellation)
        ).Error.ShouldBeNull();
        await probe.Pump.Run();

        probe.World.TonesOf("cracked").ShouldBe(["a1", "a2", "a3", "a4", "b1"]);
        (await probe.Effects("cracked")).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_retry_that_a_Host_died_over_counts_and_is_repeated_when_its_claim_ends()
    {
        probe.World.OnRing = (_, _, _) => throw new InvalidOperationException("cracked");
        await probe.RingOnly("claimed", "a");
        await probe.Pump.Run();
        probe.Clock.Advance(TimeSpan.FromMinutes(1));
        using (CancellationTokenSource kill = new())
        {
            probe.World.OnRing = async (_, _, _) => await kill.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => probe.NewOutboundRetry()(kill.Token));
        }

        probe.World.Behave();
        (await probe.NewOutboundRetry()(Cancellation)).ShouldBeFalse("It is claimed.");
        probe.Clock.Advance(TimeSpan.FromSeconds(31));
        (await probe.NewOutboundRetry()(Cancellation)).ShouldBeTrue();

        probe.World.TonesOf("claimed").ShouldBe(["a1", "a2", "a3"]);
        (await Parked("claimed")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_call_that_outlives_its_lease_moves_nothing_and_ends_nothing()
    {
        await probe.RingOnly("frozen", "a");
        TaskCompletionSource called = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource thaw = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<StepOutcome>? step = null;
        probe.World.OnRing = async (bell, context, token) =>
        {
            if (context.Attempt == 1 && called.TrySetResult())
            {
                await thaw.Task.WaitAsync(token);
            }
            else if (context.Attempt == 2)
            {
                // The first one's answer comes while the second is out.
                thaw.SetResult();
                (await step!).ShouldBe(StepOutcome.Elsewhere);
            }
        };
        var frozen = probe.NewOutboundWorker();
        step = frozen.StepAsync(Cancellation);
        await called.Task.WaitAsync(Cancellation);
        probe.Clock.Advance(TimeSpan.FromSeconds(31));
        await Drain(probe.NewOutboundWorker());
        await probe.RingOnly("frozen", "b");

        (await probe.Effects("frozen")).ShouldBe(["a"], "Only the one who took over has written down what it did.");
        await probe.Pump.Run();
        probe.World.TonesOf("frozen").ShouldBe(["a1", "a2", "b1"]);
    }

    [Fact]
    public async Task Pausing_in_the_middle_finishes_the_call_at_hand_and_begins_no_other()
    {
        await probe.RingOnly("halted", "a", "b");
        probe.World.OnRing = async (bell, _, _) =>
        {
            if (bell is { Tower: "halted", Tone: "a" })
            {
                (
                    await Control.PauseAsync(Outbound, source: null, "bells off", "ann", Cancellation)
                ).Error.ShouldBeNull();
            }
        };
        var worker = probe.NewOutboundWorker();
        (await worker.StepAsync(Cancellation)).ShouldBe(StepOutcome.Moved);
        (await worker.StepAsync(Cancellation)).ShouldBe(StepOutcome.Paused);
        probe.World.TonesOf("halted").ShouldBe(["a1"]);
        await probe.PublishOnly("not outbound", "x");
        await probe.Pump.Run();
        (await probe.Effects("not outbound")).ShouldBe(["x"], "Another subscription of the module goes on.");

        (await Control.ResumeAsync(Outbound, source: null, "ann", Cancellation)).Error.ShouldBeNull();
        await probe.Pump.Run();
        probe.World.TonesOf("halted").ShouldBe(["a1", "b1"]);
    }

    [Fact]
    public async Task A_Host_that_stops_finishes_the_call_at_hand_and_leaves_the_rest_to_others_at_once()
    {
        await probe.RingOnly("stopped", "a", "b");
        using CancellationTokenSource stopping = new();
        probe.World.OnRing = async (_, _, _) => await stopping.CancelAsync();
        var worker = probe.NewOutboundWorker();
        worker.Stopping = stopping.Token;
        (await worker.StepAsync(Cancellation)).ShouldBe(StepOutcome.Moved);
        probe.World.TonesOf("stopped").ShouldBe(["a1"]);

        probe.World.Behave();
        await Drain(probe.NewOutboundWorker());
        probe.World.TonesOf("stopped").ShouldBe(["a1", "b1"]);
    }

    [Fact]
    public async Task Changing_lanes_under_load_calls_once_for_each_event_in_the_order_of_each_key()
    {
        string[] towers = [.. Enumerable.Range(0, 8).Select(number => $"lanes-{number}")];
        using var host = probe.NewHost();
        using var other = probe.NewHost();
        await host.StartAsync(Cancellation);
        await other.StartAsync(Cancellation);
        List<string> tones = [];
        foreach (var lanes in new[] { 4, 3, 1 })
        {
            foreach (var part in new[] { "before", "while" })
            {
                string[] more = [.. Enumerable.Range(0, 3).Select(number => $"{lanes}{part}{number}:")];
                tones.AddRange(more);
                foreach (var tower in towers)
                {
                    await probe.RingOnly(tower, more);
                }

                if (string.Equals(part, "before", StringComparison.Ordinal))
                {
                    (
                        await Control.ChangeLanesAsync(Outbound, source: null, lanes, "ann", Cancellation)
                    ).Error.ShouldBeNull();
                }
            }

            await Eventually.Holds(async () =>
                await probe.Sql.Value<long>(
                    "select count(*) from subscriptions where name = $1 and lanes = $2",
                    Outbound,
                    (short)lanes
                ) == lanes
            );
        }

        await Eventually.Holds(async () =>
            await probe.Sql.Value<long>("select count(*) from effects where key like 'lanes-%'")
            >= towers.Length * tones.Count
        );
        await host.StopAsync(Cancellation);
        await other.StopAsync(Cancellation);

        foreach (var tower in towers)
        {
            probe.World.TonesOf(tower).ShouldBe(tones.Select(tone => $"{tone}1"), tower);
        }
    }

    [Fact]
    public async Task A_checkpoint_that_was_set_back_calls_nobody_before_an_operator_resumes()
    {
        await probe.RingOnly("again", "a");
        var before = await probe.Sql.Value<string>(
            $"select checkpoint::text from subscriptions where name = '{Outbound}'"
        );
        await probe.Pump.Run();
        await probe.Sql.Execute(
            $"update subscriptions set checkpoint = $1::text::pg_snapshot where name = '{Outbound}'",
            before
        );

        (await probe.NewOutboundWorker().StepAsync(Cancellation)).ShouldBe(StepOutcome.Paused);
        await probe.Pump.Run();
        probe.World.TonesOf("again").ShouldBe(["a1"]);
        (
            await probe.Sql.Value<string>($"select pause_reason from subscriptions where name = '{Outbound}'")
        ).ShouldContain("set by hand");

        (await Control.ResumeAsync(Outbound, source: null, "ann", Cancellation)).Error.ShouldBeNull();
        await Drain(probe.NewOutboundWorker());
        probe.World.TonesOf("again").ShouldBe(["a1", "a1"], "The operator was told what resuming does.");
    }

    [Fact]
    public async Task A_new_one_begins_with_what_is_published_from_then_on()
    {
        await probe.RingOnly("history", "a");
        await probe.Sql.Execute($"delete from subscriptions where name = '{Outbound}'");
        await probe.Pump.Begin();
        await probe.RingOnly("history", "b");
        await probe.Pump.Run();

        probe.World.TonesOf("history").ShouldBe(["b1"]);
    }

    [Fact]
    public async Task A_failure_to_save_what_came_of_a_call_parks_the_event_and_tells_the_next_call()
    {
        await probe.RingOnly("unsaved", new string('x', 3), "b");
        await probe.OwnerSql.Execute("alter table effects add constraint short check (text <> 'xxx') not valid");
        try
        {
            await probe.Pump.Run();
            (await Parked("unsaved")).ShouldBe(["waiting 1", "waiting 0"]);
        }
        finally
        {
            await probe.OwnerSql.Execute("alter table effects drop constraint short");
        }

        await probe.Advance(TimeSpan.FromMinutes(1));
        probe.World.TonesOf("unsaved").ShouldBe(["xxx1", "xxx2", "b1"]);
        (await probe.Effects("unsaved")).ShouldBe(["xxx", "b"]);
    }

    [Theory]
    [InlineData(true, "took longer than 00:00:00.1000000 over gong.struck.")]
    [InlineData(false, "does not heed its cancellation.")]
    public async Task A_call_that_takes_longer_than_its_limit_is_parked(bool heeds, string error)
    {
        TaskCompletionSource never = new(TaskCreationOptions.RunContinuationsAsynchronously);
        probe.World.OnGong = token => never.Task.WaitAsync(heeds ? token : CancellationToken.None);
        var tower = $"late, {heeds}";
        await probe.Save<ProbeDbContext>(db => db.Publish(new GongStruckV1(tower)));

        (await Parked(tower)).ShouldBe(["waiting 1"]);
        (await probe.Sql.Value<string>("select error from parked_events where key = $1", tower)).ShouldContain(error);
        never.SetResult();
        await probe.Advance(TimeSpan.FromMinutes(1));
        (await Parked(tower)).ShouldBeEmpty();
    }

    [Fact]
    public void A_module_has_one_for_each_event_and_a_projection_has_none()
    {
        var faults = new LogModule("twice", dbContextType: null, [], [], isProjection: true)
        {
            Outbound = [.. OutboundReaction.Of(typeof(RingOnBellRung)), .. OutboundReaction.Of(typeof(RingOnBellRung))],
        }.OutboundFaults.ToArray();

        faults.Length.ShouldBe(3);
        faults[0].ShouldContain("Keep one of them");
        faults[1].ShouldContain("is a projection");
    }

    private static async Task Drain(LaneWorker worker)
    {
        while (await worker.StepAsync(Cancellation) is StepOutcome.Moved) { }
    }

    private Task<long> Calls() => probe.Sql.Value<long>("select count(*) from outbound_calls");

    private Task<IReadOnlyList<string>> Parked(string tower) =>
        probe.Sql.List<string>(
            "select status || ' ' || attempts from parked_events where key = $1 order by position",
            tower
        );

    private static void InterlockedMax(ref int most, int now)
    {
        for (var seen = Volatile.Read(ref most); seen < now; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, now, seen);
        }
    }
}
