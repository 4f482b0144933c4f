using System.Diagnostics;

namespace Samples.Tests;

/// <summary>Two Hosts, each on a PostgreSQL of its own; samples/two-hosts/run --faults kills both meanwhile.</summary>
[Trait("Module", "OrderSearch")]
[Trait("Module", "Analytics")]
[Trait("Module", "Orders")]
public sealed class TwoHostsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    // tests/Samples.Tests/bin/<configuration>/net10.0, and the same of the sample.
    private static readonly DirectoryInfo Output = new(AppContext.BaseDirectory);

    [Fact]
    public async Task The_second_Host_has_the_orders_of_the_first()
    {
        using CancellationTokenSource limit = new(Limit);
        var program = Path.Combine(
            Output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName,
            "samples",
            "two-hosts",
            "bin",
            Output.Parent.Name,
            Output.Name,
            "TwoHosts.dll"
        );
        using var run = Process.Start(
            new ProcessStartInfo("dotnet", [program])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;

        var errors = run.StandardError.ReadToEndAsync(limit.Token);
        var output = await run.StandardOutput.ReadToEndAsync(limit.Token);
        await run.WaitForExitAsync(limit.Token);

        output.ShouldContain("0 lost, 0 doubled, 0 out of order.", customMessage: await errors);
        run.ExitCode.ShouldBe(0, output);
    }
}
