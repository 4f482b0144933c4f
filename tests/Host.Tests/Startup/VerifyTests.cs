using System.Text.Json.Nodes;
using Host.Tests.Running;
using Npgsql;

namespace Host.Tests.Startup;

/// <summary>The walls between the modules, looked at in the database of a real Host.</summary>
[Trait("Module", "Orders")]
public sealed class VerifyTests
{
    [Fact]
    public async Task All_walls_stand_until_somebody_makes_a_hole_and_then_it_is_named_and_the_start_refused()
    {
        using HostSettings settings = new();
        await using (var host = await HostProcess.StartAsync(settings))
        {
            var sound = await HostProcess.RunAsync(settings, "database", "verify");
            sound.ExitCode.ShouldBe(0, sound.Errors + sound.Output);
            sound.Output.ShouldContain("All walls stand.");

            var database = new NpgsqlConnectionStringBuilder(await host.Administrator())
            {
                Database = "modular_monolith",
            }.ConnectionString;
            await HostProcess.ExecuteAsync(
                database,
                "grant usage on schema inventory to mm_orders_app; grant select on inventory.stock_levels to "
                    + "mm_orders_app"
            );

            var holed = await HostProcess.RunAsync(settings, "database", "verify", "--json");
            holed.ExitCode.ShouldBe(1);
            holed.Errors.ShouldContain("Findings: 3.");
            var findings = JsonNode.Parse(holed.Output)!["findings"]!.AsArray();
            findings
                .Select(finding => $"{(string)finding!["rule"]!} {(string)finding["where"]!}")
                .ShouldBe([
                    "schema-rights schema inventory",
                    "table-rights inventory.stock_levels",
                    "not-refused mm_orders_app",
                ]);
            findings.ShouldAllBe(finding =>
                ((string)finding!["problem"]!).Length > 0 && ((string)finding["remedy"]!).Length > 0
            );
        }

        var refused = await HostProcess.RunAsync(settings);
        refused.ExitCode.ShouldBe(1);
        refused.Errors.ShouldContain("The database does not keep the modules apart.");
        refused.Errors.ShouldContain("select 1 from inventory.stock_levels");
    }
}
