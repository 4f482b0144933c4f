using BuildingBlocks.Database;
using BuildingBlocks.Database.Provisioning;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Migrations;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Probe;
using Npgsql;

namespace BuildingBlocks.Tests.Database;

/// <summary>How a schema becomes what its build expects, and what is said when it is not.</summary>
public sealed class MigrationTests : IAsyncLifetime
{
    private static readonly ProbeModule Probe = new();

    private TestDatabase database = null!;
    private TestSql owner = null!;
    private NpgsqlDataSource app = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create(Cancellation);
        await database.Provision(["probe"], Cancellation);
        owner = database.Open(database.OwnerConnectionString("probe"));
        app = database.Open(database.AppConnectionString("probe")).Connections;
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Apply_the_event_log_first_and_then_the_modules_own_by_number()
    {
        await Migrate();

        var history = await owner.List<string>("select origin || ' ' || name from migrations order by applied_at");
        history.ShouldBe(ModuleMigrations.Of(Probe).Select(migration => $"{migration.Origin} {migration.Name}"));
        history
            .TakeLast(3)
            .ShouldBe(["module 0001_probe.sql", "module 0002_note_colour.sql", "module 0003_balances.sql"]);
        await SchemaCheck.EnsureCurrentAsync(Probe, app, Cancellation);
    }

    [Fact]
    public async Task Applying_again_changes_nothing()
    {
        (await Migrate()).ShouldBe(ModuleMigrations.Of(Probe).Count);

        (await Migrate()).ShouldBe(0);
    }

    [Fact]
    public async Task Migrators_that_run_at_once_apply_each_migration_once()
    {
        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(Migrate, Cancellation)));

        applied.Sum().ShouldBe(ModuleMigrations.Of(Probe).Count);
    }

    [Fact]
    public async Task A_migration_changed_after_it_was_applied_is_refused_by_name()
    {
        await Migrate();
        await owner.Execute("update migrations set checksum = 'of another text' where name = '0001_probe.sql'");

        var failures = new[]
        {
            await Should.ThrowAsync<StartupException>(Migrate),
            await Should.ThrowAsync<StartupException>(() => SchemaCheck.EnsureCurrentAsync(Probe, app, Cancellation)),
        };
        failures.ShouldAllBe(failure =>
            failure.Message.Contains(
                "Migration 0001_probe.sql of module probe was changed after it had been applied",
                StringComparison.Ordinal
            )
        );
    }

    [Fact]
    public async Task A_failing_migration_leaves_nothing_of_itself_and_all_of_those_before()
    {
        await Migrate();
        await owner.Execute(
            "delete from migrations where name = '0002_note_colour.sql'; comment on table notes is null"
        );

        // Its comment succeeds, its new column is there already.
        var failure = await Should.ThrowAsync<StartupException>(Migrate);

        failure.Message.ShouldStartWith("Migration 0002_note_colour.sql of module probe failed and was rolled back");
        (await owner.Value<bool>("select obj_description('notes'::regclass) is null")).ShouldBeTrue();
        (await owner.Value<long>("select count(*) from migrations where name = '0002_note_colour.sql'")).ShouldBe(0);
        (await owner.Value<long>("select count(*) from migrations where name = '0001_probe.sql'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("do $$ begin perform 1 from neighbour.things; end $$", "schema 'neighbour'")]
    [InlineData("do $$ begin execute 'select 1 from ' || 'neigh' || 'bour.things'; end $$", "schema 'neighbour'")]
    [InlineData(
        "do $$ begin execute format('create table %I.planted ()', 'neigh' || 'bour'); end $$",
        "schema 'neighbour'"
    )]
    [InlineData("do $$ begin execute 'select 1 from ' || 'absent' || '.things'; end $$", "schema 'absent'")]
    [InlineData("create view v as select absent.available('a')", "schema 'absent'")]
    [InlineData("alter table notes add mood absent.mood", "schema 'absent'")]
    public async Task A_migration_that_reaches_into_another_schema_is_told_of_the_wall(string sql, string foreign)
    {
        await database.Provision(["probe", "neighbour"], Cancellation);
        var schema = ModuleMigrations.Of(Probe, database.RolesOf("probe"));
        await using var connection = await owner.Connections.OpenConnectionAsync(Cancellation);

        var failure = await Should.ThrowAsync<StartupException>(() =>
            Migrator.ApplyAsync(
                connection,
                schema with
                {
                    All = [.. schema.All, new("module", "0099_reach.sql", sql)],
                },
                Cancellation
            )
        );

        failure.Message.ShouldStartWith("Migration 0099_reach.sql of module probe failed and was rolled back: ");
        failure.Message.ShouldContain(
            $"It names {foreign}, which is not its own: module probe sees its schema 'probe' only"
        );
        failure.Message.ShouldContain("Keep a copy fed by the other module's events");
    }

    [Fact]
    public async Task A_Host_refuses_a_schema_that_was_never_migrated()
    {
        var failure = await Should.ThrowAsync<StartupException>(() =>
            SchemaCheck.EnsureCurrentAsync(Probe, app, Cancellation)
        );

        failure.Message.ShouldContain("The schema of module probe has never been migrated. Run ");
    }

    [Fact]
    public async Task A_Host_refuses_a_schema_that_is_behind_and_names_what_it_lacks()
    {
        await Migrate();
        await owner.Execute("delete from migrations where name = '0002_note_colour.sql'");

        var failure = await Should.ThrowAsync<StartupException>(() =>
            SchemaCheck.EnsureCurrentAsync(Probe, app, Cancellation)
        );

        failure.Message.ShouldContain("0002_note_colour.sql");
    }

    [Fact]
    public async Task A_Host_runs_on_a_schema_that_is_ahead()
    {
        await Migrate();
        await owner.Execute(
            "insert into migrations (origin, name, checksum) values ('module', '0003_of_a_newer_build.sql', 'x')"
        );

        await SchemaCheck.EnsureCurrentAsync(Probe, app, Cancellation);
    }

    [Fact]
    public void A_checksum_does_not_depend_on_the_line_ends_of_a_checkout() =>
        new Migration("module", "0001.sql", "select 1;\r\nselect 2;\r\n").Checksum.ShouldBe(
            new Migration("module", "0001.sql", "select 1;\nselect 2;\n").Checksum
        );

    private Task<int> Migrate() =>
        Migrator.MigrateAsync(
            Probe,
            database.OwnerConnectionString("probe"),
            database.RolesOf("probe").App,
            Cancellation
        );
}
