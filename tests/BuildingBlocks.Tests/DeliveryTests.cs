using BuildingBlocks.Tests.Probe;

namespace BuildingBlocks.Tests;

public sealed class DeliveryTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    [Fact]
    public async Task Delivers_a_committed_event_exactly_once()
    {
        await probe.PublishOnly("once", "a");
        await probe.Pump.Run();
        await probe.Pump.Run();

        (await probe.Effects("once")).ShouldBe(["a"]);
    }
}
