using BuildingBlocks.Testing;

namespace BuildingBlocks.Tests.Testing;

public sealed class TestClockTests
{
    private readonly TestClock clock = new();

    [Fact]
    public void Stands_still_until_it_is_moved()
    {
        var before = clock.GetUtcNow();
        var stamp = clock.GetTimestamp();

        clock.Advance(TimeSpan.FromMinutes(90));

        clock.GetUtcNow().ShouldBe(before.AddMinutes(90));
        clock.GetElapsedTime(stamp).ShouldBe(TimeSpan.FromMinutes(90));
    }

    [Fact]
    public void Does_not_run_backwards() =>
        Should.Throw<ArgumentOutOfRangeException>(() => clock.Advance(TimeSpan.FromTicks(-1)));

    [Fact]
    public async Task Lets_a_delay_end_when_its_time_has_come()
    {
        var delay = Task.Delay(TimeSpan.FromHours(1), clock, TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromMinutes(59));
        delay.IsCompleted.ShouldBeFalse();

        clock.Advance(TimeSpan.FromMinutes(1));

        await delay;
    }

    [Fact]
    public void Fires_timers_in_the_order_they_are_due_and_shows_them_that_time()
    {
        List<(string Timer, TimeSpan After)> fired = [];
        var start = clock.Now;
        using var slow = clock.CreateTimer(
            _ => fired.Add(("slow", clock.Now - start)),
            state: null,
            TimeSpan.FromSeconds(5),
            Timeout.InfiniteTimeSpan
        );
        using var often = clock.CreateTimer(
            _ => fired.Add(("often", clock.Now - start)),
            state: null,
            TimeSpan.FromSeconds(2),
            TimeSpan.FromSeconds(2)
        );
        using var stopped = clock.CreateTimer(
            _ => fired.Add(("stopped", clock.Now - start)),
            state: null,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromSeconds(1)
        );
        stopped.Dispose();

        clock.Advance(TimeSpan.FromSeconds(6));

        fired
            .Select(one => (one.Timer, one.After.TotalSeconds))
            .ShouldBe([("often", 2), ("often", 4), ("slow", 5), ("often", 6)]);
    }
}
