using BuildingBlocks.EventLog.Sagas;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Database;
using BuildingBlocks.Tests.Probe;

namespace BuildingBlocks.Tests.Sagas;

/// <summary>A run of the trip saga, hotel then flight, from its start to each of its ends.</summary>
public sealed class SagaTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    private static readonly TimeSpan HotelLimit = TimeSpan.FromSeconds(30);

    private readonly Guid trip = Guid.CreateVersion7();

    [Fact]
    public async Task Goes_step_by_step_to_its_end()
    {
        await Book();
        (await probe.Published<HotelRequestedV1>()).ShouldContain(new HotelRequestedV1(trip));

        await probe.When(new HotelBookedV1(trip)).Then<FlightRequestedV1>(requested => requested.TripId.ShouldBe(trip));
        await probe
            .When(new FlightBookedV1(trip))
            .Then<TripConfirmedV1>(confirmed => confirmed.TripId.ShouldBe(trip))
            .ThenNo<HotelCancellationRequestedV1>();

        (await Status()).ShouldBe(("completed", "confirmed"));
        (await History()).ShouldBe([
            "started",
            "book hotel requested",
            "book hotel completed",
            "book flight requested",
            "book flight completed",
            "ended",
        ]);
    }

    [Fact]
    public async Task A_failing_first_step_ends_it_without_compensation()
    {
        await Book();

        await probe
            .When(new HotelRefusedV1(trip, "full"))
            .Then<TripAbandonedV1>(abandoned => abandoned.Reason.ShouldBe("full"))
            .ThenNo<HotelCancellationRequestedV1>();

        (await Status()).ShouldBe(("failed", "abandoned"));
    }

    [Fact]
    public async Task A_failing_later_step_undoes_the_earlier_ones_before_it_ends()
    {
        await Book();

        await probe
            .Given(new HotelBookedV1(trip))
            .When(new FlightRefusedV1(trip, "no seat"))
            .Then<HotelCancellationRequestedV1>(requested => requested.Reason.ShouldBe("no seat"))
            .ThenNo<FlightCancellationRequestedV1>()
            .ThenNo<TripAbandonedV1>();
        (await Status()).Saga.ShouldBe("compensating");

        await probe
            .When(new HotelCancelledV1(trip))
            .Then<TripAbandonedV1>(abandoned => abandoned.Reason.ShouldBe("no seat"));
        (await Status()).ShouldBe(("failed", "abandoned"));
    }

    [Fact]
    public async Task A_time_out_undoes_the_step_whose_effect_is_unknown_too()
    {
        // Runs that other tests left half done have their time-outs now, and not among the events counted below.
        await probe.Advance(TimeSpan.FromMinutes(5));
        await Book();
        await probe.Given(new HotelBookedV1(trip));

        await probe
            .When(TimeSpan.FromSeconds(61))
            .Then<FlightCancellationRequestedV1>(requested =>
                requested.Reason.ShouldBe("book flight: no answer within 60 s")
            )
            .ThenNo<HotelCancellationRequestedV1>();
        await probe.When(new FlightCancelledV1(trip)).Then<HotelCancellationRequestedV1>().ThenNo<TripAbandonedV1>();
        await probe.When(new HotelCancelledV1(trip)).Then<TripAbandonedV1>();

        (await History()).ShouldBe([
            "started",
            "book hotel requested",
            "book hotel completed",
            "book flight requested",
            "book flight timed out",
            "book flight compensation requested",
            "book flight compensated",
            "book hotel compensation requested",
            "book hotel compensated",
            "ended",
        ]);
    }

    [Fact]
    public async Task The_time_out_of_a_step_that_is_done_is_dropped_when_it_is_due()
    {
        await Book();
        await probe.Given(new HotelBookedV1(trip));
        (await TimeOuts()).ShouldBe((2, 0));

        await probe.Advance(HotelLimit + TimeSpan.FromSeconds(1));

        (await TimeOuts()).ShouldBe((1, 0));
        (await Status()).ShouldBe(("running", "hotel"));
        await probe.Given(new FlightBookedV1(trip));
        await probe.Advance(TimeSpan.FromMinutes(2));
        (await TimeOuts()).ShouldBe((0, 0));
    }

    [Fact]
    public async Task The_time_out_of_a_step_that_is_done_just_now_changes_nothing()
    {
        await Book();
        await probe.Given(new HotelBookedV1(trip));

        // It was due, and moved, before the answer was applied.
        await probe.Save<ProbeDbContext>(db => db.Publish(new SagaStepTimedOutV1("trip", trip, Step: 0)));

        (await Status()).ShouldBe(("running", "hotel"));
        (await History()).ShouldBe([
            "started",
            "book hotel requested",
            "book hotel completed",
            "book flight requested",
        ]);
    }

    [Fact]
    public async Task A_late_answer_is_noted_and_ignored()
    {
        await Book();
        await probe.Advance(HotelLimit + TimeSpan.FromSeconds(1));

        await probe.When(new HotelBookedV1(trip)).ThenNo<FlightRequestedV1>();
        await probe.Given(new HotelCancelledV1(trip));
        await probe.When(new HotelBookedV1(trip)).ThenNothing();

        (await Status()).ShouldBe(("failed", "abandoned"));
        (await History())
            .Count(what => string.Equals(what, "late answer ignored", StringComparison.Ordinal))
            .ShouldBe(2);
    }

    [Fact]
    public async Task An_answer_about_something_else_is_no_business_of_the_saga()
    {
        await probe.When(new HotelBookedV1(Guid.CreateVersion7())).ThenNothing();
    }

    [Fact]
    public async Task Cancelling_a_run_undoes_what_it_has_asked_for()
    {
        await Book();
        await probe.Given(new HotelBookedV1(trip));

        await probe
            .When(new CancelTrip(trip, "changed my mind"))
            .Then<FlightCancellationRequestedV1>(requested => requested.Reason.ShouldBe("changed my mind"));
        await probe
            .Given(new FlightCancelledV1(trip))
            .When(new HotelCancelledV1(trip))
            .Then<TripAbandonedV1>(abandoned => abandoned.Reason.ShouldBe("changed my mind"));

        (await Status()).ShouldBe(("failed", "abandoned"));
    }

    [Fact]
    public async Task Cancelling_a_completed_run_undoes_all_its_steps_in_reverse()
    {
        await Book();
        await probe.Given(new HotelBookedV1(trip), new FlightBookedV1(trip));
        (await Status()).Saga.ShouldBe("completed");

        await probe
            .When(new CancelTrip(trip, "ill"))
            .Then<LuggageRecallRequestedV1>(asked => asked.Reason.ShouldBe("ill"))
            .ThenNo<FlightCancellationRequestedV1>();
        await probe
            .When(new LuggageRecalledV1(trip))
            .Then<FlightCancellationRequestedV1>()
            .ThenNo<HotelCancellationRequestedV1>();
        await probe.When(new FlightCancelledV1(trip)).Then<HotelCancellationRequestedV1>();
        await probe
            .When(new HotelCancelledV1(trip))
            .Then<TripAbandonedV1>(abandoned => abandoned.Reason.ShouldBe("ill"));
        (await History()).Skip(6).Take(3).ShouldBe(["cancelled", "recall luggage requested", "recall luggage agreed"]);
    }

    [Fact]
    public async Task A_completed_run_that_can_no_longer_be_undone_stays_completed()
    {
        await Book();
        await probe.Given(new HotelBookedV1(trip), new FlightBookedV1(trip));
        await probe.Given(new LuggageRecalledV1(trip));
        (await probe.Send(new CancelTrip(trip, "ill"))).Succeeded();
        (await probe.Send(new CancelTrip(trip, "still ill"))).RefusedWith("probe.trip-over");

        await probe.When(new LuggageLeftV1(trip)).ThenNothing();
        await probe.When(new LuggageRecalledV1(trip)).ThenNothing();

        (await Status()).ShouldBe(("completed", "confirmed"));
        (await History()).Skip(6).ShouldBe(["cancelled", "recall luggage requested", "recall luggage refused"]);
    }

    [Fact]
    public async Task Cancelling_twice_or_after_the_end_is_refused()
    {
        await Book();
        (await probe.Send(new CancelTrip(trip, "once"))).Succeeded();
        (await probe.Send(new CancelTrip(trip, "twice"))).RefusedWith("probe.trip-over");
        await probe.Given(new HotelCancelledV1(trip));

        (await probe.Send(new CancelTrip(trip, "after the end"))).RefusedWith("probe.trip-over");
        (await probe.Send(new CancelTrip(Guid.CreateVersion7(), "unknown"))).RefusedWith("probe.trip-over");
    }

    [Fact]
    public async Task Starts_once_however_often_its_event_comes()
    {
        await Book();

        await probe.When(new TripBookedV1(trip)).ThenNothing();
    }

    /// <summary>The trip and the event that starts its saga, in one transaction.</summary>
    private Task Book() =>
        probe.Save<ProbeDbContext>(db =>
        {
            db.Add(new Trip { Id = trip });
            db.Publish(new TripBookedV1(trip));
        });

    private async Task<(string Saga, string Trip)> Status()
    {
        var row = (
            await probe.Sql.Rows(
                "select s.status, t.status from sagas s join trips t using (id) where s.saga = 'trip' and id = $1",
                trip
            )
        ).Single();
        return ((string)row[0]!, (string)row[1]!);
    }

    /// <summary>How many time-outs of the trip lie ahead, and how many were published.</summary>
    private async Task<(long Scheduled, long Published)> TimeOuts()
    {
        var row = (
            await probe.Sql.Rows(
                "select (select count(*) from scheduled_events where key = $1), (select count(*) from outbox where "
                    + "key = $1 and event_type = 'saga.step-timed-out')",
                $"{trip}"
            )
        ).Single();
        return ((long)row[0]!, (long)row[1]!);
    }

    private Task<IReadOnlyList<string>> History() =>
        probe.Sql.List<string>(
            "select coalesce(step || ' ', '') || what from saga_history where saga = 'trip' and id = $1 order by "
                + "position",
            trip
        );
}
