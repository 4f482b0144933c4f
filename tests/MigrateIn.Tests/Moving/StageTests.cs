using System.Text.Json;
using Npgsql;

namespace MigrateIn.Tests.Moving;

/// <summary>advance, back, follow, verify and status on tables of all kinds.</summary>
public sealed class StageTests
{
    private const string Odd = "public.\"Odd 'Table'\"";

    private const string OddSql = """
        create type mood as enum ('good', 'bad'); create domain code as text not null check (value <> '');
        create table "Odd 'Table'" (id int generated always as identity, "The Code" code, at timestamptz, mood mood[], doc json, pos point,
          double int generated always as (2 * 21) stored, unique (mood), primary key ("The Code", at));
        insert into "Odd 'Table'" ("The Code", at, mood, doc, pos)
          select 'c' || i, timestamptz '2026-03-01' + i * interval '1 hour', case when i < 2 then array['good']::mood[] end, '{"a": 1}', '(1,2)' from generate_series(1, 12000) i
        """;

    [Fact]
    public async Task A_table_of_odd_types_and_names_is_copied_and_followed()
    {
        await using var odd = await MoveFixture.CreateAsync(OddSql, Odd.Replace("'", "''", StringComparison.Ordinal));
        await odd.DoAsync("advance", Odd);
        await odd.Sql.Execute("update \"Odd 'Table'\" set doc = '[]' where \"The Code\" = 'c7'");
        await odd.DoAsync("advance", Odd);
        await odd.Sql.Execute(
            """
            set timezone = 'Asia/Tokyo'; update "Odd 'Table'" set at = at + interval '1 minute' where "The Code" = 'c8';
            delete from "Odd 'Table'" where "The Code" = 'c9'; insert into "Odd 'Table'" ("The Code", at) values ('new \ "one"', now());
            """
        );

        (await odd.DoAsync("verify", Odd)).ShouldContain(": 0 rows diverged");
        (await odd.DoAsync("follow", Odd, "--once")).ShouldContain("4 keys applied");

        (await odd.DifferencesAsync("\"Odd 'Table'\"", "shop.\"Odd 'Table'\"")).ShouldBe(0);
        (await odd.DoAsync("verify", Odd)).ShouldContain(": 0 rows diverged");
    }

    [Fact]
    public async Task Rows_that_exchange_a_unique_value_are_followed()
    {
        await using var shop = await MoveFixture.CreateAsync(
            "create table t (id int primary key, place int unique deferrable); insert into t values (1, 1), (2, 2)",
            "public.t"
        );
        await shop.FollowedAsync("public.t");

        await shop.Sql.Execute("update t set place = 3 - place");
        await shop.DoAsync("follow", "public.t", "--once");

        (await shop.DifferencesAsync("t", "shop.t")).ShouldBe(0);
    }

    [Fact]
    public async Task Truncate_is_followed()
    {
        await using var shop = await MoveFixture.CreateAsync(
            "create table t (id int primary key); insert into t select generate_series(1, 10)",
            "public.t"
        );
        await shop.FollowedAsync("public.t");

        await shop.Sql.Execute("truncate t; insert into t values (5), (11)");
        (await shop.DoAsync("verify", "public.t")).ShouldContain(": 0 rows diverged");
        await shop.DoAsync("follow", "public.t", "--once");

        (await shop.DifferencesAsync("t", "shop.t")).ShouldBe(0);
    }

    [Fact]
    public async Task What_nobody_captured_is_reported()
    {
        await using var shop = await MoveFixture.CreateAsync(
            "create table t (id int primary key, x int); insert into t select i, i from generate_series(1, 10) i",
            "public.t"
        );
        await shop.FollowedAsync("public.t");
        await shop.Sql.Execute(
            "update shop.t set x = 0 where id = 1; delete from shop.t where id = 2; insert into shop.t values (11)"
        );

        var (exitCode, _, errors) = await shop.RunAsync("verify", "public.t");

        exitCode.ShouldBe(1);
        errors.ShouldContain("3 rows diverged");
    }

    [Fact]
    public async Task Back_leaves_nothing_behind()
    {
        await using var shop = await MoveFixture.CreateAsync("create table t (id int primary key)", "public.t");
        await shop.FollowedAsync("public.t");
        await shop.Sql.Execute("insert into t values (1)");

        await shop.DoAsync("back", "public.t");
        (await shop.Sql.Value<bool>("select to_regclass('shop.t') is null")).ShouldBeTrue();
        await shop.DoAsync("back", "public.t");

        (await shop.Sql.Value<long>("select count(*) from pg_trigger where tgrelid = 't'::regclass")).ShouldBe(0);
        (await shop.Sql.Value<long>("select count(*) from migrate_in.changes")).ShouldBe(0);
        (await shop.RunAsync("back", "public.t")).Errors.ShouldContain("is in no stage");
        await shop.FollowedAsync("public.t");
        (await shop.DifferencesAsync("t", "shop.t")).ShouldBe(0);
    }

    [Fact]
    public async Task Status_tells_stage_and_changes_that_wait()
    {
        await using var shop = await MoveFixture.CreateAsync(
            "create table t (id int primary key); insert into t values (1), (2)",
            "public.t"
        );
        await shop.FollowedAsync("public.t");
        await shop.Sql.Execute("insert into t values (3)");

        (await shop.DoAsync("status")).Trim().ShouldBe("public.t -> shop.t: follow, 2 rows copied, 1 changes wait");
        var json = JsonDocument.Parse(await shop.DoAsync("status", "--json")).RootElement[0];
        json.GetProperty("stage").GetString().ShouldBe("follow");
        json.GetProperty("waiting").GetInt64().ShouldBe(1);
    }

    [Theory]
    [InlineData("create table t (id int)", "it has no key")]
    [InlineData(
        "create table p (id int primary key) partition by list (id); create table t partition of p default",
        "it is part of public.p"
    )]
    [InlineData("create table t (id int primary key); create table c () inherits (t)", "child tables inherit from it")]
    [InlineData("select 1", "There is no table public.t")]
    public async Task A_table_that_cannot_be_followed_is_refused(string sql, string why)
    {
        await using var shop = await MoveFixture.CreateAsync(sql, "public.t");

        var (exitCode, _, errors) = await shop.RunAsync("advance", "public.t");

        exitCode.ShouldBe(1);
        errors.ShouldContain(why);
    }

    [Fact]
    public async Task Each_verb_refuses_what_its_stage_is_not_for()
    {
        await using var shop = await MoveFixture.CreateAsync("create table t (id int primary key)", "public.t");

        (await shop.RunAsync("follow", "public.t", "--once")).Errors.ShouldContain("is not followed");
        (await shop.RunAsync("verify", "public.t")).Errors.ShouldContain("is not followed");
        (await shop.RunAsync("advance", "public.u")).Errors.ShouldContain("names no context that owns public.u");
        await shop.FollowedAsync("public.t");
        (await shop.RunAsync("advance", "public.t")).Errors.ShouldContain("no further stage");
    }

    [Fact]
    public async Task Who_holds_the_table_is_named_until_it_is_let_go()
    {
        await using var shop = await MoveFixture.CreateAsync("create table t (id int primary key)", "public.t");
        await using var holder = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(shop.Database) { ApplicationName = "nightly-job" }
        );
        await using var connection = await holder.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (NpgsqlCommand insert = new("insert into t values (1)", connection, transaction))
        {
            await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using Watched output = new("nightly-job");
        var advancing = CommandLine.RunAsync(
            ["advance", "public.t", "--in", shop.Folder, "--database", shop.Database],
            output,
            output
        );
        await output.Seen;
        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        (await advancing).ShouldBe(0);
    }

    /// <summary>Tells when a text was written.</summary>
    private sealed class Watched(string text) : StringWriter
    {
        private readonly TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Seen => seen.Task;

        public override Task WriteLineAsync(string? value)
        {
            if (value?.Contains(text, StringComparison.Ordinal) is true)
            {
                seen.TrySetResult();
            }

            return Task.CompletedTask;
        }
    }
}
