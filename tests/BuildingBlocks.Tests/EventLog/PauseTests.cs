using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Operations;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>An operator stops a subscription and lets it go on.</summary>
public sealed class PauseTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SubscriptionOperations Control => probe.Services.GetRequiredService<SubscriptionOperations>();

    [Fact]
    public async Task Applies_and_retries_nothing_while_paused_and_all_of_it_in_order_afterwards()
    {
        probe.Behavior.FailOn("paused, parked", new InvalidOperationException("broken"));
        await probe.PublishOnly("paused, parked", "a");
        await probe.Pump.Run();
        probe.Behavior.Behave();
        (
            await Control.PauseAsync("probe", source: null, "the gateway is down", "ann", Cancellation)
        ).Error.ShouldBeNull();
        await probe.PublishOnly("paused", "a", "b");
        await probe.Advance(TimeSpan.FromMinutes(1));

        (await probe.NewWorker().StepAsync(Cancellation)).ShouldBe(StepOutcome.Paused);
        (await probe.Effects("paused")).ShouldBeEmpty();
        (await probe.Effects("paused, parked")).ShouldBeEmpty();
        (
            await probe.Sql.List<string>(
                "select paused_by || ': ' || pause_reason from subscriptions where paused_at is not null"
            )
        ).ShouldBe(["ann: the gateway is down"]);

        (await Control.ResumeAsync("probe", "probe", "ann", Cancellation)).Error.ShouldBeNull();
        await probe.Pump.Run();

        (await probe.Effects("paused")).ShouldBe(["a", "b"]);
        (await probe.Effects("paused, parked")).ShouldBe(["a"]);
    }

    [Fact]
    public async Task Holds_for_a_Host_that_read_its_page_before()
    {
        await probe.PublishOnly("read before", "a");
        await probe.Pump.Run();
        var worker = probe.NewWorker();
        (await worker.StepAsync(Cancellation)).ShouldBe(StepOutcome.Idle);
        await probe.PublishOnly("read before", "b");
        (await Control.PauseAsync("probe", source: null, "now", "ann", Cancellation)).Error.ShouldBeNull();

        (await worker.StepAsync(Cancellation)).ShouldBe(StepOutcome.Paused);
        (await probe.Effects("read before")).ShouldBe(["a"]);

        (await Control.ResumeAsync("probe", source: null, "ann", Cancellation)).Error.ShouldBeNull();
        await probe.Pump.Run();
        (await probe.Effects("read before")).ShouldBe(["a", "b"]);
    }

    [Theory]
    [InlineData("probe", null, " ", "operations.reason-required")]
    [InlineData("nobody", null, "why not", "operations.unknown-subscription")]
    [InlineData("probe", "nobody", "why not", "operations.unknown-subscription")]
    public async Task Refuses_what_cannot_be(string name, string? source, string reason, string code) =>
        (await Control.PauseAsync(name, source, reason, "ann", Cancellation))
            .Error.ShouldNotBeNull()
            .Code.ShouldBe(code);
}
