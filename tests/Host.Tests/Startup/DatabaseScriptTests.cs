using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Host.Tests.Running;
using Npgsql;

namespace Host.Tests.Startup;

/// <summary>
/// The commands that prepare a database, and those that look after it, against a server of their own.
/// </summary>
[Trait("Module", "Orders")]
public sealed partial class DatabaseScriptTests
{
    [Fact]
    public async Task A_script_makes_in_psql_what_the_commands_make_and_a_host_runs_on_it_while_its_passwords_change()
    {
        var psql = Psql();
        psql.ShouldNotBeNull(
            "The scripts are for psql, and there is none on this machine. Install PostgreSQL's client programs."
        );
        using HostSettings server = new();
        using HostSettings settings = new();
        await using var other = await HostProcess.StartAsync(server.With("Modules__Enabled", "users"));
        NpgsqlConnectionStringBuilder administrator = new(await other.Administrator());
        settings
            .With("Database__Name", "scripted")
            .With("Database__Prefix", "scripted")
            .With("ConnectionStrings__Postgres", administrator.ConnectionString);

        var shown = await Done(settings, "database", "provision", "--dry-run");
        shown.ShouldStartWith("create database \"scripted\"");
        shown.ShouldContain("create role \"scripted_orders_app\" login");
        shown.ShouldNotContain("SCRAM");
        File.Exists(Path.Combine(settings.DataFolder, "database-roles.json")).ShouldBeFalse();
        (await Done(settings, "database", "migrate", "--dry-run")).ShouldContain("create table orders");

        settings.With("ConnectionStrings__Postgres", null);
        var (provision, migrate) = (
            Path.Combine(settings.DataFolder, "provision.sql"),
            Path.Combine(settings.DataFolder, "migrate.sql")
        );
        await Done(settings, "database", "provision", "--sql", provision);
        await Done(settings, "database", "migrate", "--sql", migrate);
        var passwords = await File.ReadAllTextAsync(
            Path.Combine(settings.DataFolder, "database-roles.json"),
            TestContext.Current.CancellationToken
        );
        var scripts =
            await File.ReadAllTextAsync(provision, TestContext.Current.CancellationToken)
            + await File.ReadAllTextAsync(migrate, TestContext.Current.CancellationToken);
        JsonNode
            .Parse(passwords)!
            .AsObject()
            .ShouldAllBe(role => !scripts.Contains((string)role.Value!, StringComparison.Ordinal));
        for (var run = 0; run < 2; run++)
        {
            await Run(psql!, administrator, "postgres", provision);
            await Run(psql!, administrator, "scripted", migrate);
        }

        settings.With("ConnectionStrings__Postgres", administrator.ConnectionString);
        (await Done(settings, "database", "provision", "--dry-run")).Trim().ShouldBe("-- Nothing is missing.");
        (await Done(settings, "database", "migrate", "--dry-run")).Trim().ShouldBe("-- Nothing is missing.");
        (await Done(settings, "database", "verify")).ShouldContain("All walls stand.");
        (await Done(settings, "database", "diff", "Orders")).ShouldStartWith(
            "-- Nothing to do: the migrations of orders make what its model says."
        );

        await RunsWhileItsPasswordsChange(settings, administrator);
    }

    private static async Task RunsWhileItsPasswordsChange(
        HostSettings settings,
        NpgsqlConnectionStringBuilder administrator
    )
    {
        // Its connections last a second, so that it needs new ones all the time.
        using HostSettings running = new();
        running
            .With("Database__PasswordFile", Path.Combine(settings.DataFolder, "database-roles.json"))
            .With("Demo__Enabled", "true")
            .With("Database__Prefix", "scripted");
        var roles = JsonNode
            .Parse(
                await File.ReadAllTextAsync(
                    Path.Combine(settings.DataFolder, "database-roles.json"),
                    TestContext.Current.CancellationToken
                )
            )!
            .AsObject();
        foreach (
            var module in roles
                .Select(role => AppRole().Match(role.Key))
                .Where(role => role.Success)
                .Select(role => role.Groups["module"].Value)
        )
        {
            running.With(
                $"Modules__{module}__ConnectionString",
                $"Host={administrator.Host};Port={administrator.Port};Database=scripted;Username=scripted_{module}_app;"
                    + "Connection Lifetime=1;Connection Idle Lifetime=1;Connection Pruning Interval=1;"
                    + "Maximum Pool Size=8"
            );
        }

        await using var host = await HostProcess.StartAsync(running);
        using var shop = await Shop.EnterAsync(host);
        using CancellationTokenSource done = new();
        var calls = Task.Run(async () =>
        {
            var answered = 0;
            while (!done.IsCancellationRequested)
            {
                foreach (
                    var answer in new[] { await shop.Open.Get("/catalog/products"), await shop.Customer.Get("/orders") }
                )
                {
                    answer.Status.ShouldBe(
                        System.Net.HttpStatusCode.OK,
                        $"{answer.Text}\n{host.Output}\n{host.Errors}"
                    );
                }

                answered++;
            }

            return answered;
        });
        (await Done(settings, "database", "rotate-passwords")).ShouldContain("scripted_orders_app");
        await shop.Final(await shop.Place("NW-003", 1));
        (await Done(settings, "database", "rotate-passwords", "--module", "catalog")).ShouldNotContain(
            "scripted_orders_app"
        );
        await shop.Final(await shop.Place("NW-003", 1));
        await done.CancelAsync();
        (await calls).ShouldBePositive();
        (host.Output + host.Errors).ShouldNotContain("28P01");

        (await Done(settings, "database", "orphans")).ShouldContain("every id is known");
        await HostProcess.ExecuteAsync(
            new NpgsqlConnectionStringBuilder(administrator.ConnectionString)
            {
                Database = "scripted",
            }.ConnectionString,
            "update shipping.shipments set customer_id = '00000000-0000-0000-0000-00000000dead' where id = (select "
                + "min(id::text)::uuid from shipping.shipments)"
        );
        var orphans = await HostProcess.RunAsync(settings, "database", "orphans", "--json");
        orphans.ExitCode.ShouldBe(1, orphans.Errors);
        var found = JsonNode.Parse(orphans.Output)!["orphans"]!.AsArray().ShouldHaveSingleItem()!;
        (
            (string)found["module"]!,
            (string)found["column"]!,
            (string)found["refersTo"]!,
            (long)found["count"]!
        ).ShouldBe(("shipping", "shipments.customer_id", "customers.customer", 1));
    }

    [Fact]
    public async Task Looking_for_orphans_gives_a_server_up_that_cannot_be_reached()
    {
        using HostSettings settings = new();
        settings.With(
            "ConnectionStrings__Postgres",
            "Host=127.0.0.1;Port=1;Username=postgres;Password=hidden;Timeout=5"
        );

        var (exitCode, _, errors) = await HostProcess.RunAsync(settings, "database", "orphans");

        BadStartTests.IsOneMessage(exitCode, errors, "127.0.0.1:1 cannot be reached");
        errors.ShouldNotContain("hidden");
    }

    private static async Task<string> Done(HostSettings settings, params string[] arguments)
    {
        var (exitCode, output, errors) = await HostProcess.RunAsync(settings, arguments);
        exitCode.ShouldBe(0, errors + output);
        return output;
    }

    private static async Task Run(
        string psql,
        NpgsqlConnectionStringBuilder administrator,
        string database,
        string script
    )
    {
        ProcessStartInfo start = new(
            psql,
            [
                "-X",
                "-h",
                administrator.Host!,
                "-p",
                $"{administrator.Port}",
                "-U",
                administrator.Username!,
                "-d",
                database,
                "-f",
                script,
            ]
        )
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["PGPASSWORD"] = administrator.Password },
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await errors);
        (await errors).ShouldBeEmpty();
        await output;
    }

    private static string? Psql()
    {
        var name = OperatingSystem.IsWindows() ? "psql.exe" : "psql";
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
            : [];
        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Concat(debian)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }

    [GeneratedRegex("^scripted_(?<module>.+)_app$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AppRole();
}
