using System.Net;
using System.Text.Json.Nodes;
using Host.Tests.Running;
using Npgsql;

namespace Host.Tests.Startup;

[Trait("Module", "Orders")]
public sealed class RestartTests
{
    [Fact]
    public async Task Finds_yesterdays_orders_sign_ins_and_schema()
    {
        using HostSettings settings = new();
        settings.With("Demo__AdminPassword", null).With("Demo__CustomerPassword", null);
        string orderId;
        string password;
        await using (var first = await HostProcess.StartAsync(settings))
        {
            password = PasswordIn(first.Output);
            using Api open = new(first.Address);
            using var customer = await open.SignedIn("customer@example.com", password);
            orderId = (string)
                (await customer.Post("/orders", Shop.Order("NW-003", 1))).Expect(HttpStatusCode.Accepted)["orderId"]!;
            // One in flight is another test's matter: a start that takes longer than a step may lets it time out.
            await Confirmed(customer, orderId);
            (await first.StopAsync()).ShouldBe(0, first.Errors);
        }

        await using var second = await HostProcess.StartAsync(settings);
        PasswordIn(second.Output).ShouldBe(password);
        using Api again = new(second.Address);
        using var sameCustomer = await again.SignedIn("customer@example.com", password);
        var order = await Confirmed(sameCustomer, orderId);
        order["history"]!.AsArray().Count.ShouldBe(4);
        second.Output.ShouldContain("schemas up to date");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(settings.DataFolder, "demo-sign-ins.json"))
                .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task Runs_without_an_administrator_and_refuses_schemas_that_are_behind_or_changed()
    {
        using HostSettings server = new();
        using HostSettings settings = new();
        await using var other = await HostProcess.StartAsync(server.With("Modules__Enabled", "users"));
        var administrator = await other.Administrator();
        settings
            .With("ConnectionStrings__Postgres", administrator)
            .With("Database__Name", "own")
            .With("Database__Prefix", "own");

        var provisioned = await HostProcess.RunAsync(settings, "database", "provision");
        provisioned.ExitCode.ShouldBe(0, provisioned.Errors);
        var behind = await HostProcess.RunAsync(await WithoutAdministrator(settings, administrator));
        BadStartTests.IsOneMessage(behind.ExitCode, behind.Errors, "database migrate");

        var migrated = await HostProcess.RunAsync(
            settings.With("ConnectionStrings__Postgres", administrator),
            "database",
            "migrate"
        );
        migrated.ExitCode.ShouldBe(0, migrated.Errors);
        await using (
            var host = await HostProcess.StartAsync(
                (await WithoutAdministrator(settings, administrator)).With("Demo__Enabled", "true")
            )
        )
        {
            host.Output.ShouldContain("schemas found up to date");
        }

        var own = new NpgsqlConnectionStringBuilder(administrator) { Database = "own" }.ConnectionString;
        await HostProcess.ExecuteAsync(own, "update reference.migrations set name = 'of another build.sql'");
        var behindReference = await HostProcess.RunAsync(settings);
        BadStartTests.IsOneMessage(
            behindReference.ExitCode,
            behindReference.Errors,
            "The reference data lacks 1 migrations",
            "database migrate"
        );

        await HostProcess.ExecuteAsync(
            own,
            "update reference.migrations set name = '0001_countries_and_currencies.sql'; update orders.migrations set "
                + "checksum = 'other'"
        );
        var changed = await HostProcess.RunAsync(settings);
        BadStartTests.IsOneMessage(changed.ExitCode, changed.Errors, "module orders", "was changed after");

        settings.With(
            "Modules__orders__ConnectionString",
            "Host=127.0.0.1;Port="
                + new NpgsqlConnectionStringBuilder(administrator).Port
                + ";Database=own;Username=own_orders_app;Password=wrong"
        );
        var wrong = await HostProcess.RunAsync(settings);
        BadStartTests.IsOneMessage(wrong.ExitCode, wrong.Errors, "own_orders_app", "Modules:orders:ConnectionString");
    }

    /// <summary>One connection string a module instead of the administrator's.</summary>
    private static async Task<HostSettings> WithoutAdministrator(HostSettings settings, string administrator)
    {
        settings.With("ConnectionStrings__Postgres", null);
        var passwords = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(
            await File.ReadAllTextAsync(Path.Combine(settings.DataFolder, "database-roles.json"))
        )!;
        foreach (var role in passwords.Keys.Where(role => role.EndsWith("_app", StringComparison.Ordinal)))
        {
            var module = role["own_".Length..^"_app".Length];
            settings.With(
                $"Modules__{module}__ConnectionString",
                new NpgsqlConnectionStringBuilder(administrator)
                {
                    Database = "own",
                    Username = role,
                    Password = passwords[role],
                }.ConnectionString
            );
        }

        return settings;
    }

    private static Task<JsonNode> Confirmed(Api customer, string orderId) =>
        Shop.Eventually(
            async () => (await customer.Get($"/orders/{orderId}")).Expect(HttpStatusCode.OK),
            order => (string)order["status"]! is "confirmed"
        );

    private static string PasswordIn(string output) =>
        output
            .Split('\n')
            .Single(line => line.Contains("customer@example.com", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
}
