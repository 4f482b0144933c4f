using Reliability.Running;

namespace Reliability;

/// <summary>The fault run in small; <c>tests/Reliability/run --help</c> has the large one.</summary>
public sealed class QuickRunTests(ITestOutputHelper output)
{
    private static readonly TimeSpan UnderFaults = TimeSpan.FromSeconds(50);

    [Fact]
    public async Task Nothing_is_lost_doubled_or_stuck_when_Hosts_and_PostgreSQL_are_killed_under_load()
    {
        RunOptions options = new(
            Random.Shared.Next(1, 1_000_000),
            UnderFaults,
            Hosts: 2,
            Clients: 4,
            Think: TimeSpan.FromMilliseconds(20),
            PgBouncer.Binary is null ? Bouncing.None : Bouncing.One,
            Lanes: [1, 4],
            Folder: null
        )
        {
            HostPause = (TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(10)),
            DatabasePause = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6)),
            ZombiePause = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15)),
        };
        StringWriter log = new();
        await using ReliabilityRun run = new(options, log);
        try
        {
            var report = await run.RunAsync(TestContext.Current.CancellationToken);
            output.WriteLine(report.ToString());
            report.Findings.ShouldBeEmpty(
                $"Seed {options.Seed}; what happened is in {run.Folder}, and tests/Reliability/run tries longer.\n{log}"
            );
            report.OrdersAcknowledged.ShouldBeGreaterThan(0);
            report.EventsApplied.ShouldBeGreaterThan(0);
            report.LanesMovedToAnotherNumber.ShouldBeGreaterThan(0);
        }
        catch
        {
            output.WriteLine(log.ToString());
            throw;
        }
    }
}
