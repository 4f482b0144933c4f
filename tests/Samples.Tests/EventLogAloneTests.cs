using System.Diagnostics;
using BuildingBlocks.Testing;

namespace Samples.Tests;

/// <summary>The event log in a console program, without any other building block.</summary>
public sealed class EventLogAloneTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // tests/Samples.Tests/bin/<configuration>/net10.0, and the same of the sample.
    private static readonly DirectoryInfo Output = new(AppContext.BaseDirectory);

    private static readonly string Folder = Path.Combine(
        Output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName,
        "samples",
        "EventLogAlone",
        "bin",
        Output.Parent.Name,
        Output.Name
    );

    [Fact]
    public async Task Each_order_is_billed_once_also_when_the_program_starts_again()
    {
        using CancellationTokenSource limit = new(Limit);
        await using var database = await TestDatabase.Create(limit.Token);

        foreach (var orders in new[] { 1, 2 })
        {
            using var program = Start(database.AdministratorConnectionString);
            try
            {
                (await program.StandardOutput.ReadLineAsync(limit.Token)).ShouldNotBeNull(
                    await ErrorsOf(program, limit.Token)
                );
                await UntilBilled(database, orders, limit.Token);
            }
            finally
            {
                program.Kill(entireProcessTree: true);
                await program.WaitForExitAsync(limit.Token);
            }
        }

        (
            await database.Administrator.List<string>(
                "select o.id || ' ' || (o.total_minor = i.amount_minor) from shop.orders o join billing.invoices i on "
                    + "i.order_id = o.id"
            )
        )
            .Count(row => row.EndsWith(" true", StringComparison.Ordinal))
            .ShouldBe(2);
        (await database.Administrator.Value<long>("select count(*) from billing.invoices")).ShouldBe(2);
    }

    [Fact]
    public async Task Says_what_it_needs()
    {
        using CancellationTokenSource limit = new(Limit);
        using var program = Start();

        var errors = await program.StandardError.ReadToEndAsync(limit.Token);
        await program.WaitForExitAsync(limit.Token);

        program.ExitCode.ShouldNotBe(0);
        errors.ShouldContain("Give the connection string");
    }

    [Fact]
    public void Uses_nothing_of_the_web()
    {
        var references = File.ReadAllText(Path.Combine(Folder, "EventLogAlone.deps.json"));

        references.ShouldContain("BuildingBlocks.EventLog");
        references.ShouldNotContain("MediatR");
        references.ShouldNotContain("FluentValidation");
        File.ReadAllText(Path.Combine(Folder, "EventLogAlone.runtimeconfig.json")).ShouldNotContain("AspNetCore");
    }

    private static async Task UntilBilled(TestDatabase database, int orders, CancellationToken cancellationToken)
    {
        while (await database.Administrator.Value<long>("select count(*) from billing.invoices") < orders)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    private static async Task<string> ErrorsOf(Process program, CancellationToken cancellationToken) =>
        program.HasExited ? await program.StandardError.ReadToEndAsync(cancellationToken) : "";

    private static Process Start(params string[] arguments) =>
        Process.Start(
            new ProcessStartInfo("dotnet", [Path.Combine(Folder, "EventLogAlone.dll"), .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
}
