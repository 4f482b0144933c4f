using MigrateIn.Tests.Planning;

namespace MigrateIn.Tests.Moving;

/// <summary>A database whose tables are moved by the tool.</summary>
public sealed class MoveFixture : IAsyncDisposable
{
    private readonly PlanFixture plan;

    private MoveFixture(PlanFixture plan) => this.plan = plan;

    internal TestSql Sql => plan.Sql;

    internal string Folder => plan.Folder;

    internal string Database => plan.Database;

    /// <param name="tables">The tables that context <c>shop</c> is to own.</param>
    public static async Task<MoveFixture> CreateAsync(string sql, params string[] tables)
    {
        MoveFixture fixture = new(await PlanFixture.CreateAsync(sql));
        await File.WriteAllTextAsync(
            Path.Combine(fixture.Folder, "ownership.yaml"),
            $"contexts:\n  shop:\n{string.Concat(tables.Select(table => $"    - '{table}'\n"))}",
            TestContext.Current.CancellationToken
        );
        return fixture;
    }

    public ValueTask DisposeAsync() => plan.DisposeAsync();

    internal Task<(int ExitCode, string Output, string Errors)> RunAsync(string verb, params string[] args) =>
        Tool.RunAsync([verb, .. args, "--in", Folder, "--database", Database]);

    /// <summary>Runs a verb, which has to succeed.</summary>
    internal async Task<string> DoAsync(string verb, params string[] args)
    {
        var (exitCode, output, errors) = await RunAsync(verb, args);
        errors.ShouldBe("");
        exitCode.ShouldBe(0);
        return output;
    }

    /// <summary>Captures, copies and follows.</summary>
    internal async Task FollowedAsync(string table)
    {
        await DoAsync("advance", table);
        await DoAsync("advance", table);
        await DoAsync("follow", table, "--once");
    }

    /// <summary>How many rows differ, counted without the tool, while nobody writes.</summary>
    internal Task<long> DifferencesAsync(string one, string other) =>
        Sql.Value<long>(
            $"""
            select count(*) from (
              (select t::text from {one} t except all select t::text from {other} t)
              union all (select t::text from {other} t except all select t::text from {one} t)) d
            """
        );
}
