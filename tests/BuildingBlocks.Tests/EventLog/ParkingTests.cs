using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Operations;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>
/// An event that cannot be applied stops its own key and nothing else, until it succeeds or an operator decides.
/// </summary>
public sealed class ParkingTests(ProbeFixture probe) : IClassFixture<ProbeFixture>, IAsyncLifetime
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Each test begins at the end of the log, whatever the ones before have left.</summary>
    public async ValueTask InitializeAsync()
    {
        probe.Behavior.Behave();
        await probe.Pump.Run();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ParkedEventOperations Operator => probe.Services.GetRequiredService<ParkedEventOperations>();

    [Fact]
    public async Task A_parked_key_blocks_only_itself_and_drains_in_order()
    {
        probe.Behavior.FailOn("blocked", new InvalidOperationException("broken"));
        await probe.PublishOnly("blocked", "a");
        await probe.PublishOnly("free", "x");
        await probe.PublishOnly("blocked", "b");
        await probe.Pump.Run();
        await probe.PublishOnly("blocked", "c");
        await probe.PublishOnly("free", "y");
        await probe.Pump.Run();

        (await probe.Effects("free")).ShouldBe(["x", "y"]);
        (await probe.Effects("blocked")).ShouldBeEmpty();
        (await Parked("blocked")).Select(parked => parked.Attempts).ShouldBe([1, 0, 0]);
        (await Parked("blocked"))[0].Error.ShouldNotBeNull().ShouldContain("broken");

        probe.Behavior.Behave();
        await probe.Advance(LongEnough);

        (await probe.Effects("blocked")).ShouldBe(["a", "b", "c"]);
        (await Parked("blocked")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Does_not_try_again_before_the_pause_is_over()
    {
        probe.Behavior.FailOn("patient", new InvalidOperationException("broken"));
        await probe.PublishOnly("patient", "a");
        await probe.Pump.Run();
        probe.Behavior.Behave();

        await probe.Advance(TimeSpan.FromMilliseconds(500));
        (await probe.Effects("patient")).ShouldBeEmpty();

        await probe.Advance(TimeSpan.FromSeconds(1));
        (await probe.Effects("patient")).ShouldBe(["a"]);
    }

    [Fact]
    public async Task Is_dead_after_the_last_try_and_an_operator_has_it_tried_again()
    {
        await Kill("dead");
        (await Parked("dead"))
            .Select(parked => (parked.Status, parked.Attempts))
            .ShouldBe([("dead", ProbeFixture.MaxAttempts), ("waiting", 0)]);

        probe.Behavior.Behave();
        await probe.Advance(LongEnough);
        (await probe.Effects("dead")).ShouldBeEmpty("Nothing but an operator wakes the dead.");

        (await Operator.RetryAsync((await Parked("dead"))[0].Id, "ann", Cancellation)).Error.ShouldBeNull();
        await probe.Pump.Run();

        (await probe.Effects("dead")).ShouldBe(["a", "b"]);
        (await Actions("dead")).ShouldBe(["retry by ann"]);
    }

    [Fact]
    public async Task An_operator_discards_a_dead_event_with_a_reason_and_its_key_goes_on()
    {
        await Kill("discarded");
        probe.Behavior.Behave();
        var dead = (await Parked("discarded"))[0].Id;

        (await Operator.DiscardAsync(dead, reason: " ", "ann", Cancellation))
            .Error.ShouldNotBeNull()
            .Fields.Keys.ShouldBe(["reason"]);
        (await Operator.DiscardAsync(dead, "known to be wrong", "ann", Cancellation)).Error.ShouldBeNull();
        await probe.Pump.Run();

        (await probe.Effects("discarded")).ShouldBe(["b"]);
        (await Actions("discarded")).ShouldBe(["discard by ann: known to be wrong"]);
        (await Operator.DiscardAsync(dead, "again", "ann", Cancellation))
            .Error.ShouldNotBeNull()
            .Code.ShouldBe("operations.unknown-parked-event");
    }

    [Theory]
    [InlineData("""{"topic": "short"}""", "text")]
    [InlineData("""{"topic": "short", "text": null}""", "Text")]
    public async Task An_event_that_lacks_what_its_type_promises_is_parked_and_shown_to_no_reaction(
        string payload,
        string member
    )
    {
        List<string?> seen = [];
        probe.Behavior.OnNote = (note, _) =>
        {
            seen.Add(note.Text);
            return Task.CompletedTask;
        };
        await probe.Sql.Execute(
            "insert into outbox (event_id, event_type, event_version, key, payload, correlation_id) values ($1, "
                + "'note.taken', 1, 'short', $2::jsonb, 'short')",
            Guid.CreateVersion7(),
            payload
        );
        await probe.Pump.Run();

        seen.ShouldBeEmpty();
        var parked = (await Parked("short")).ShouldHaveSingleItem();
        parked.Error.ShouldNotBeNull().Split('\n')[0].ShouldContain(member);
        (await Operator.DiscardAsync(parked.Id, "never whole", "ann", Cancellation)).Error.ShouldBeNull();
        probe.Behavior.Behave();
    }

    [Fact]
    public async Task An_event_with_members_of_a_newer_publisher_is_applied()
    {
        await probe.Sql.Execute(
            """
            insert into outbox (event_id, event_type, event_version, key, payload, correlation_id)
            values ($1, 'note.taken', 1, 'newer', '{"topic": "newer", "text": "a", "mood": 1}', 'newer')
            """,
            Guid.CreateVersion7()
        );
        await probe.Pump.Run();

        (await probe.Effects("newer")).ShouldBe(["a"]);
    }

    [Theory]
    [InlineData(PostgresErrorCodes.AdminShutdown)]
    [InlineData(PostgresErrorCodes.CannotConnectNow)]
    [InlineData(PostgresErrorCodes.TooManyConnections)]
    public async Task A_transient_failure_is_nobodys_fault_and_parks_nothing(string sqlState)
    {
        var topic = $"transient-{sqlState}";
        await probe.PublishOnly(topic, "a");
        probe.Behavior.FailOn(topic, new PostgresException("later", "ERROR", "ERROR", sqlState));
        await Should.ThrowAsync<PostgresException>(() => probe.NewWorker().StepAsync(Cancellation));
        (await Parked(topic)).ShouldBeEmpty();

        probe.Behavior.Behave();
        await probe.Pump.Run();

        (await probe.Effects(topic)).ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_server_that_takes_no_writes_has_nothing_parked()
    {
        var readOnly = probe.Database.Open(
            $"{probe.Database.AppConnectionString("probe")};Options=-c default_transaction_read_only=on"
        );
        await probe.PublishOnly("read-only", "a");
        probe.Behavior.OnNote = (_, _) => readOnly.Execute("delete from effects");

        await Should.ThrowAsync<PostgresException>(() => probe.NewWorker().StepAsync(Cancellation));
        (await Parked("read-only")).ShouldBeEmpty();

        probe.Behavior.Behave();
        await probe.Pump.Run();
        (await probe.Effects("read-only")).ShouldBe(["a"]);
    }

    [Fact]
    public async Task Says_that_an_event_is_parked_only_when_it_is()
    {
        Lines<SubscriptionWorker> said = new();
        await probe.PublishOnly("unparkable", "a");
        probe.Behavior.FailOn("unparkable", new InvalidOperationException("broken"));
        await probe.OwnerSql.Execute($"revoke insert on parked_events from {probe.Database.RolesOf("probe").App}");
        try
        {
            await Should.ThrowAsync<PostgresException>(() => probe.NewWorker(said).StepAsync(Cancellation));
        }
        finally
        {
            await probe.OwnerSql.Execute($"grant insert on parked_events to {probe.Database.RolesOf("probe").App}");
        }

        said.ShouldBeEmpty();
        await probe.NewWorker(said).StepAsync(Cancellation);
        said.ShouldHaveSingleItem().ShouldContain("it is parked");

        probe.Behavior.Behave();
        await probe.Advance(LongEnough);
    }

    [Fact]
    public async Task One_bad_event_does_not_cost_its_page_neighbours_their_effects()
    {
        probe.Behavior.OnNote = (note, _) =>
            string.Equals(note.Text, "bad", StringComparison.Ordinal)
                ? throw new InvalidOperationException("broken")
                : Task.CompletedTask;
        foreach (var topic in new[] { "left", "middle", "right" })
        {
            await probe.PublishOnly(topic, string.Equals(topic, "middle", StringComparison.Ordinal) ? "bad" : "good");
        }

        await probe.Pump.Run();

        (await probe.Effects("left")).ShouldBe(["good"]);
        (await probe.Effects("middle")).ShouldBeEmpty();
        (await probe.Effects("right")).ShouldBe(["good"]);
        probe.Behavior.Behave();
    }

    /// <summary>Leaves the topic with a dead event "a" and a waiting one "b".</summary>
    private async Task Kill(string topic)
    {
        probe.Behavior.FailOn(topic, new InvalidOperationException("broken"));
        await probe.PublishOnly(topic, "a", "b");
        await probe.Pump.Run();
        for (var attempt = 1; attempt < ProbeFixture.MaxAttempts; attempt++)
        {
            await probe.Advance(LongEnough);
        }
    }

    private async Task<IReadOnlyList<ParkedEvent>> Parked(string topic) =>
        [.. (await Operator.ListAsync(new(Key: topic), Cancellation)).Succeeded()];

    private Task<IReadOnlyList<string>> Actions(string topic) =>
        probe.Sql.List<string>(
            "select action || ' by ' || acted_by || coalesce(': ' || reason, '') from parked_event_actions where "
                + "event ->> 'key' = $1 order by id",
            topic
        );
}
