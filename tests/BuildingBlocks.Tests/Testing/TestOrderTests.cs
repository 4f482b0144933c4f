using System.Diagnostics;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Database.Guarding;
using BuildingBlocks.Tests.Modules;

namespace BuildingBlocks.Tests.Testing;

public sealed class TestOrderTests
{
    [Fact]
    public async Task Classes_are_turned_round_when_the_environment_says_so()
    {
        var (usual, reversed) = (await Run(order: null), await Run("reversed"));

        string[] byName = ["BuildingBlocks.Tests.Database.Guarding.SqlGuard", "BuildingBlocks.Tests.Modules.DemoCsv"];
        Classes(usual).ShouldBe(byName);
        Classes(reversed).ShouldBe(byName.Reverse());
    }

    private static string[] Classes(IEnumerable<string> tests) =>
        [
            .. tests
                .Select(test =>
                    test[..test.IndexOf("Tests.", "BuildingBlocks.Tests.".Length, StringComparison.Ordinal)]
                )
                .Distinct(StringComparer.Ordinal),
        ];

    /// <summary>The tests of two classes in the order in which they began.</summary>
    private static async Task<IReadOnlyList<string>> Run(string? order)
    {
        string[] classes = ["-class", typeof(SqlGuardTests).FullName!, "-class", typeof(DemoCsvTests).FullName!];
        ProcessStartInfo start = new(
            "dotnet",
            [
                typeof(TestOrderTests).Assembly.Location,
                .. classes,
                "-parallel",
                "none",
                "-reporter",
                "verbose",
                "-noColor",
            ]
        )
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment[TestOrder.Variable] = order;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, output);
        return
        [
            .. output
                .Split('\n')
                .Where(line => line.Contains("[STARTING]", StringComparison.Ordinal))
                .Select(line => line.Trim()),
        ];
    }
}
