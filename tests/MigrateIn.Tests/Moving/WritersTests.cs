using System.Diagnostics;
using Npgsql;

namespace MigrateIn.Tests.Moving;

/// <summary>Every stage and every way back while an application writes.</summary>
public sealed class WritersTests
{
    private const string Table = "public.lines";

    // tests/MigrateIn.Tests/bin/<configuration>/net10.0, and the same of the tool, where all lies that it needs.
    private static readonly DirectoryInfo Output = new(AppContext.BaseDirectory);

    private static readonly string Program = Path.Combine(
        Output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName,
        "src",
        "Tools",
        "MigrateIn",
        "bin",
        Output.Parent.Name,
        Output.Name,
        "mm-migrate.dll"
    );

    private const string Schema = """
        create table lines (order_id int, line int, text text, primary key (order_id, line));
        insert into lines select i / 4, i % 4, 'first ' || i from generate_series(0, 39999) i
        """;

    [Fact]
    public async Task Nothing_is_lost_and_nothing_fails()
    {
        await using var shop = await MoveFixture.CreateAsync(Schema, Table);
        using CancellationTokenSource end = new();
        var writers = Enumerable.Range(0, 6).Select(seed => WriteAsync(shop.Sql, seed, end.Token)).ToArray();

        await shop.FollowedAsync(Table);
        for (var i = 0; i < 5; i++)
        {
            await shop.DoAsync("verify", Table);
            await shop.DoAsync("follow", Table, "--once");
        }

        await shop.DoAsync("back", Table);
        await shop.DoAsync("back", Table);
        await shop.FollowedAsync(Table);
        await shop.DoAsync("verify", Table);
        await end.CancelAsync();
        foreach (var writer in writers)
        {
            (await writer).ShouldBeGreaterThan(0);
        }

        await shop.DoAsync("follow", Table, "--once");
        (await shop.DifferencesAsync("lines", "shop.lines")).ShouldBe(0);
        (await shop.Sql.Value<long>("select count(*) from migrate_in.changes")).ShouldBe(0);
    }

    [Fact]
    public async Task A_change_that_commits_late_is_not_passed_over()
    {
        await using var shop = await MoveFixture.CreateAsync(Schema, Table);
        await shop.FollowedAsync(Table);
        await using var connection = await shop.Sql.Connections.OpenConnectionAsync(
            TestContext.Current.CancellationToken
        );
        await using var slow = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (NpgsqlCommand delete = new("delete from lines where order_id = 1", connection, slow))
        {
            await delete.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await shop.Sql.Execute("update lines set text = 'later' where order_id = 2");
        await shop.DoAsync("follow", Table, "--once");
        await slow.CommitAsync(TestContext.Current.CancellationToken);
        await shop.DoAsync("verify", Table);
        await shop.DoAsync("follow", Table, "--once");

        (await shop.DifferencesAsync("lines", "shop.lines")).ShouldBe(0);
    }

    [Fact]
    public async Task A_killed_copy_goes_on_where_it_stood()
    {
        await using var shop = await MoveFixture.CreateAsync(Schema, Table);
        await shop.DoAsync("advance", Table);

        using var tool = Start(shop);
        while (
            !tool.HasExited && await shop.Sql.Value<long>("select sum(copied_rows)::int8 from migrate_in.tables") == 0
        )
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
        }

        tool.Kill();
        (await tool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe("");
        await tool.WaitForExitAsync(TestContext.Current.CancellationToken);
        await shop.Sql.Execute("delete from lines where order_id < 3; update lines set text = 'after' where line = 1");
        var (_, _, errors) = await shop.RunAsync("advance", Table);

        errors.ShouldBeOneOf("", $"{Table} is followed; there is no further stage.{Environment.NewLine}");
        await shop.DoAsync("verify", Table);
        await shop.DoAsync("follow", Table, "--once");
        (await shop.DifferencesAsync("lines", "shop.lines")).ShouldBe(0);
    }

    private static Process Start(MoveFixture shop) =>
        Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [Program, "advance", Table, "--in", shop.Folder, "--database", shop.Database]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;

    /// <summary>Inserts, updates, deletes, changes keys, rolls back and now and then stays open for a while.</summary>
    /// <returns>How many transactions there were; an error of any of them is thrown.</returns>
    private static async Task<int> WriteAsync(TestSql sql, int seed, CancellationToken end)
    {
        Random random = new(seed);
        var done = 0;
        for (; !end.IsCancellationRequested; done++)
        {
            await using var connection = await sql.Connections.OpenConnectionAsync(CancellationToken.None);
            await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);

            // Each writer has orders of its own, so that they never wait for each other.
            for (var i = 0; i < 3; i++)
            {
                var order = (random.Next(1500) * 6) + seed;
                var (line, other) = (random.Next(4), random.Next(4, 8));
                await using NpgsqlCommand command = new(
                    random.Next(4) switch
                    {
                        0 => $"insert into lines values ({order}, {other}, 'new') on conflict do nothing",
                        1 => $"update lines set text = text || '.' where order_id = {order}",
                        2 => $"delete from lines where order_id = {order} and line = {line}",
                        _ => $"update lines set line = line + {(done * 10) + 10} "
                            + $"where (order_id, line) = ({order}, {line})",
                    },
                    connection,
                    transaction
                );
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            }

            if (random.Next(20) == 0)
            {
                await using NpgsqlCommand wait = new("select pg_sleep(0.1)", connection, transaction);
                await wait.ExecuteNonQueryAsync(CancellationToken.None);
            }

            await (
                random.Next(5) == 0
                    ? transaction.RollbackAsync(CancellationToken.None)
                    : transaction.CommitAsync(CancellationToken.None)
            );
        }

        return done;
    }
}
