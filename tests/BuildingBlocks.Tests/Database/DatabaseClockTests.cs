using BuildingBlocks.EventLog.Maintenance;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.Database;

/// <summary>All Hosts of a database agree on the time, whatever their machines say.</summary>
public sealed class DatabaseClockTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(24 * 365)]
    public async Task Sets_a_clock_right_that_is_hours_off(int hours)
    {
        DatabaseClock clock = new(new TestClock(TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(hours)));
        using var synchronization = ActivatorUtilities.CreateInstance<ClockSynchronization>(probe.Services, clock);
        await synchronization.StartAsync(TestContext.Current.CancellationToken);
        await synchronization.StopAsync(TestContext.Current.CancellationToken);

        // The machine's clock stands still in the test, so that all that is left is how long the test has taken.
        clock.Offset.TotalHours.ShouldBe(-hours, tolerance: 0.1);
    }

    [Fact]
    public void Leaves_a_clock_alone_that_is_right_within_a_round_trip()
    {
        DatabaseClock clock = new(TimeProvider.System);

        clock.Set(TimeSpan.FromMilliseconds(200)).ShouldBeFalse();
        clock.Offset.ShouldBe(TimeSpan.Zero);
        clock.Set(TimeSpan.FromMinutes(5)).ShouldBeTrue();
        clock
            .Set(TimeSpan.FromMinutes(5) + TimeSpan.FromMilliseconds(200))
            .ShouldBeFalse("Time is not to jump about by the length of a round trip.");
        clock.Offset.ShouldBe(TimeSpan.FromMinutes(5));
        clock.Set(TimeSpan.Zero).ShouldBeTrue("Somebody has set the machine's clock right.");
        clock.Offset.ShouldBe(TimeSpan.Zero);
    }
}
