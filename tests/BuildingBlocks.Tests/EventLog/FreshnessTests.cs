using System.Diagnostics.Metrics;
using BuildingBlocks.EventLog;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Freshness;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Tests.Database;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>As of when a consumer is known to be current, and waiting until it is current enough.</summary>
public sealed class FreshnessTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private CatchUp CatchUp => probe.Services.GetRequiredService<CatchUp>();

    [Fact]
    public async Task Is_current_as_of_the_last_look_when_there_was_nothing_new()
    {
        var worker = probe.NewWorker();
        await Drain(worker);
        probe.Clock.Advance(Later);
        worker.CurrentAsOf.ShouldBe(probe.Clock.Now - Later);

        await Drain(worker);

        worker.CurrentAsOf.ShouldBe(probe.Clock.Now);
    }

    [Fact]
    public async Task Looking_does_not_make_current_what_cannot_be_written()
    {
        var worker = probe.NewWorker();
        await Drain(worker);
        var asOf = worker.CurrentAsOf;
        probe.Behavior.OnNote = (_, _) => throw new NpgsqlException("The read store is gone.", new IOException("gone"));
        await probe.PublishOnly("unwritable", "a");

        for (var look = 0; look < 3; look++)
        {
            probe.Clock.Advance(Later);
            await Should.ThrowAsync<NpgsqlException>(() => worker.StepAsync(Cancellation));
        }

        worker.CurrentAsOf.ShouldBe(asOf);
        probe.Behavior.Behave();
        await Drain(worker);
        worker.CurrentAsOf.ShouldBe(probe.Clock.Now);
    }

    [Fact]
    public async Task Whoever_waits_has_the_consumer_look_also_at_what_it_only_passes_over()
    {
        var woken = probe.Services.GetRequiredService<EventSignals>().Listen("probe", ["note.taken"]);
        await using (var scope = probe.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<ProbeDbContext>();
            db.Publish(new NoteEchoedV1("passed over"));
            await db.SaveChangesAsync(Cancellation);
        }

        (await woken.Wait(TimeSpan.Zero, Cancellation)).ShouldBeFalse();

        (await CatchUp.With("probe", await TokenOf("passed over"), Cancellation)).ShouldBeFalse(
            "Nobody applies it here."
        );

        (await woken.Wait(TimeSpan.Zero, Cancellation)).ShouldBeTrue();
        await probe.Pump.Run();
    }

    [Fact]
    public async Task A_parked_event_holds_it_back_until_it_is_applied()
    {
        var worker = probe.NewWorker();
        probe.Behavior.FailOn("held back", new InvalidOperationException("broken"));
        await probe.PublishOnly("held back", "a");
        await probe.PublishOnly("not held back", "b");
        await Drain(worker);
        DateTimeOffset writtenAt = new(
            await probe.Sql.Value<DateTime>("select occurred_at from parked_events where key = 'held back'")
        );
        worker.CurrentAsOf.ShouldBe(writtenAt);
        (await Another()).ShouldBe(writtenAt, "A Host that has just started must know it too.");

        probe.Clock.Advance(Later);
        await Drain(worker);
        worker.CurrentAsOf.ShouldBe(writtenAt);

        probe.Behavior.Behave();
        await probe.Advance(TimeSpan.FromMinutes(1));
        await Drain(worker);
        worker.CurrentAsOf.ShouldBe(probe.Clock.Now);
    }

    [Fact]
    public async Task Tells_its_age_as_a_metric()
    {
        // Those of Hosts that other tests run beside this one are among them.
        List<(string Subscription, double Seconds)> measurements = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (string.Equals(instrument.Name, EventLogDiagnostics.StalenessGauge, StringComparison.Ordinal))
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>(
            (_, measured, tags, _) => measurements.Add(($"{tags[1].Value} from {tags[2].Value}", measured))
        );
        var service = probe.Services.GetRequiredService<EventLogSupervisor>();
        await service.StartAsync(Cancellation);
        listener.Start();
        var freshness = probe.Services.GetRequiredService<ModuleFreshness>();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (freshness.AsOf("probe") is null)
        {
            await Task.Delay(10, patience.Token);
        }

        await service.StopAsync(Cancellation);
        probe.Clock.Advance(Later);
        listener.RecordObservableInstruments();

        var age = (probe.Clock.Now - freshness.AsOf("probe").ShouldNotBeNull()).TotalSeconds;
        age.ShouldBeGreaterThanOrEqualTo(Later.TotalSeconds);
        measurements.ShouldContain(("probe from probe", age));
    }

    [Fact]
    public async Task Waits_for_the_transaction_that_a_token_names()
    {
        await probe.PublishOnly("token", "a", "b", "c", "d", "e", "f", "g");
        var token = await TokenOf("token");

        (await CatchUp.With("probe", token, Cancellation)).ShouldBeFalse("Nothing has been applied yet.");
        await probe.NewWorker().StepAsync(Cancellation);
        (await CatchUp.With("probe", token, Cancellation)).ShouldBeFalse("A page of it has been applied, not all.");

        var waiting = CatchUp.With("probe", token, Cancellation);
        await probe.Pump.Run();
        (await waiting).ShouldBeTrue();
    }

    [Fact]
    public async Task Does_not_take_a_parked_event_for_an_applied_one()
    {
        probe.Behavior.FailOn("token, parked", new InvalidOperationException("broken"));
        await probe.PublishOnly("token, parked", "a");
        await probe.PublishOnly("token, free", "a");
        await probe.Pump.Run();

        (await CatchUp.With("probe", await TokenOf("token, free"), Cancellation)).ShouldBeTrue();
        (await CatchUp.With("probe", await TokenOf("token, parked"), Cancellation)).ShouldBeFalse();

        probe.Behavior.Behave();
        await probe.Advance(TimeSpan.FromMinutes(1));
        (await CatchUp.With("probe", await TokenOf("token, parked"), Cancellation)).ShouldBeTrue();
    }

    [Fact]
    public async Task Waits_for_no_module_that_does_not_feed_it_and_not_for_ever_for_a_transaction_that_never_was()
    {
        (await CatchUp.With("probe", new("somebody_else", 1), Cancellation)).ShouldBeTrue();
        (await CatchUp.With("probe", new("probe", ulong.MaxValue / 4), Cancellation)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("orders:1234", "orders:1234")]
    [InlineData("orders:1234, customers:0", "orders:1234|customers:0")]
    [InlineData("order_search:18446744073709551615", "order_search:18446744073709551615")]
    public void Reads_tokens_as_commands_answer_them(string header, string expected)
    {
        ConsistencyToken.TryParseList(header, out var tokens).ShouldBeTrue();
        string.Join('|', tokens).ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("orders")]
    [InlineData("orders:")]
    [InlineData("orders:-1")]
    [InlineData("orders:1;2")]
    [InlineData("Orders:1")]
    [InlineData("orders:99999999999999999999")]
    [InlineData("orders:1,")]
    [InlineData("a:1,a:1,a:1,a:1,a:1,a:1,a:1,a:1,a:1,a:1,a:1")]
    public void Refuses_what_no_command_answers(string header) =>
        ConsistencyToken.TryParseList(header, out _).ShouldBeFalse();

    private async Task<ConsistencyToken> TokenOf(string topic) =>
        new(
            "probe",
            ulong.Parse(
                await probe.Sql.Value<string>("select max(tx_id::text) from outbox where key = $1", topic),
                System.Globalization.CultureInfo.InvariantCulture
            )
        );

    private async Task<DateTimeOffset?> Another()
    {
        var worker = probe.NewWorker();
        await Drain(worker);
        return worker.CurrentAsOf;
    }

    private static async Task Drain(SubscriptionWorker worker)
    {
        while (await worker.StepAsync(Cancellation) is not StepOutcome.Idle) { }
    }
}
