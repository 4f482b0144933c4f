using BuildingBlocks.EventLog;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>The background work of a running Host.</summary>
public sealed class EventLogSupervisorTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_graceful_stop_finishes_the_batch_at_hand_and_begins_nothing_new()
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        probe.Behavior.OnNote = async (note, _) =>
        {
            if (string.Equals(note.Text, "slow", StringComparison.Ordinal))
            {
                reached.SetResult();
                await goOn.Task;
            }
        };
        var service = probe.Services.GetRequiredService<EventLogSupervisor>();
        await service.StartAsync(Cancellation);
        await probe.PublishOnly("stopping", "a", "slow", "b");
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        var stop = service.StopAsync(Cancellation);
        await probe.PublishOnly("stopping", "after the stop");
        stop.IsCompleted.ShouldBeFalse("The batch is still at work.");
        goOn.SetResult();
        await stop;

        (await probe.Effects("stopping")).ShouldBe(["a", "slow", "b"]);
        probe.Behavior.Behave();
        await probe.Pump.Run();
        (await probe.Effects("stopping")).ShouldBe(["a", "slow", "b", "after the stop"]);
    }
}
