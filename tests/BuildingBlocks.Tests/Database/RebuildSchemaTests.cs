using BuildingBlocks.Modules;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Probe;
using Npgsql;

namespace BuildingBlocks.Tests.Database;

/// <summary>The second set of tables of a projection, and how it takes the place of the first.</summary>
public sealed class RebuildSchemaTests : IAsyncLifetime
{
    private const string Structure = """
        select format('%s %s %s', n.nspname, c.relkind, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('probe', 'probe_rebuild')
        union all
        select format('%s constraint %s of %s: %s', n.nspname, k.conname, c.relname, pg_get_constraintdef(k.oid))
        from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('probe', 'probe_rebuild')
        union all
        select format('%s.%s for %s: %s', table_schema, table_name, grantee, string_agg(privilege_type, ' ' order by privilege_type))
        from information_schema.role_table_grants where table_schema in ('probe', 'probe_rebuild') group by table_schema, table_name, grantee
        order by 1
        """;

    private TestDatabase database = null!;
    private TestSql owner = null!;
    private TestSql app = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create(TestContext.Current.CancellationToken);
        Module projection = new ProbeModule { IsProjection = true };
        await database.ProvisionAndMigrate([projection], TestContext.Current.CancellationToken);
        (owner, app) = (
            database.Open(database.OwnerConnectionString("probe")),
            database.Open(database.AppConnectionString("probe"))
        );
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Has_the_modules_tables_and_none_of_the_event_log()
    {
        var tables = await owner.List<string>(
            "select tablename::text from pg_tables where schemaname = 'probe_rebuild' order by 1"
        );

        tables.ShouldBe(["addresses", "balances", "effects", "notes", "trips"]);
    }

    [Fact]
    public async Task Swapping_exchanges_the_rows_and_leaves_every_name_and_right_as_it_was()
    {
        var before = await owner.List<string>(Structure);
        await app.Execute("insert into notes (id, title, times) values (gen_random_uuid(), 'live', 1)");
        await app.Execute(
            "insert into probe_rebuild.notes (id, title, times) values (gen_random_uuid(), 'rebuilt', 1)"
        );
        await app.Execute(
            "insert into effects (event_id, key, text, correlation_id) values (gen_random_uuid(), 'k', 'live', 'c')"
        );

        for (var swaps = 1; swaps <= 3; swaps++)
        {
            await app.Execute("select swap_rebuild()");

            (await app.List<string>("select title from notes")).ShouldBe([swaps % 2 == 1 ? "rebuilt" : "live"]);
            (await app.Value<long>("select count(*) from effects")).ShouldBe(swaps % 2 == 1 ? 0 : 1);
            (await owner.List<string>(Structure)).ShouldBe(before);
        }
    }

    [Fact]
    public async Task Clearing_empties_the_second_set_only()
    {
        await app.Execute("insert into notes (id, title, times) values (gen_random_uuid(), 'live', 1)");
        await app.Execute(
            "insert into probe_rebuild.notes (id, title, times) values (gen_random_uuid(), 'rebuilt', 1)"
        );

        await app.Execute("select clear_rebuild()");

        (await app.List<string>("select title from notes")).ShouldBe(["live"]);
        (await app.Value<long>("select count(*) from probe_rebuild.notes")).ShouldBe(0);
    }

    [Fact]
    public async Task Lets_the_app_role_call_the_two_functions_and_change_no_structure_otherwise()
    {
        (await app.Refusal("alter table notes set schema probe_rebuild")).ShouldBe(
            PostgresErrorCodes.InsufficientPrivilege
        );
        (await app.Refusal("truncate probe_rebuild.notes")).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await app.Refusal("drop table probe_rebuild.notes")).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await app.Refusal("create table probe_rebuild.planted ()")).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);

        await database.Provision(["stranger"], TestContext.Current.CancellationToken);
        (await database.Open(database.AppConnectionString("stranger")).Refusal("select probe.swap_rebuild()")).ShouldBe(
            PostgresErrorCodes.InsufficientPrivilege
        );
    }
}
