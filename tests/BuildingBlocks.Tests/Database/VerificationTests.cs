using BuildingBlocks.Database;
using BuildingBlocks.Database.Verification;
using BuildingBlocks.Modules;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace BuildingBlocks.Tests.Database;

/// <summary>Holes are planted one at a time; each must be found, and named so that somebody can close it.</summary>
public sealed class VerificationTests : IAsyncLifetime
{
    private static readonly Module[] Modules = [new ProbeModule { IsProjection = true }, new EventSource("neighbour")];
    private static readonly ModuleSchema[] Schemas = [.. Modules, new ShadowSchema("faraway")];

    private TestDatabase database = null!;
    private ModuleDataSources sources = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create(Cancellation);
        await database.ProvisionAndMigrate(Modules, Cancellation);
        await database.ProvisionShadow("faraway", Cancellation);
        var settings = Schemas.ToDictionary(
            module => $"Modules:{module.Name}:ConnectionString",
            module => (string?)$"{database.AppConnectionString(module.Name)};Maximum Pool Size=2",
            StringComparer.OrdinalIgnoreCase
        );
        settings[ModuleDataSources.FeedConnectionSetting("faraway")] = database.FeedConnectionString("faraway");
        sources = new(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), NullLoggerFactory.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await sources.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Finds_nothing_in_what_provisioning_and_migrating_made()
    {
        var verified = await Verify();

        verified.Findings.Select(finding => finding.ToString()).ShouldBeEmpty();
        verified.Modules.ShouldBe(3);
        verified.Attempts.ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData("grant insert on faraway.outbox to {faraway}", "table-rights", "may insert")]
    [InlineData("grant insert on faraway.outbox to {faraway}", "not-refused", "insert into outbox default values")]
    [InlineData("grant delete on faraway.outbox to {faraway-feed}", "table-rights", "may delete")]
    [InlineData("grant update on faraway.feed_in to {faraway}", "not-refused", "update feed_in")]
    [InlineData("grant select on probe.outbox to {faraway-feed}", "table-rights", "may select")]
    [InlineData("revoke insert on faraway.outbox from {faraway-feed}", "rights-missing", "may not insert")]
    [InlineData("revoke select on faraway.outbox from {faraway}", "rights-missing", "may not select")]
    [InlineData("grant {faraway-feed} to {faraway}", "role-membership", "member of {faraway-feed}")]
    [InlineData("alter role {faraway-feed} createdb", "role-too-powerful", "may create databases")]
    [InlineData("alter role {probe} superuser", "role-too-powerful", "superuser")]
    [InlineData(
        "alter role {probe} createdb createrole",
        "role-too-powerful",
        "may create databases, may create roles"
    )]
    [InlineData("alter role {probe} inherit", "role-too-powerful", "inherits")]
    [InlineData("alter role {probe} bypassrls replication", "role-too-powerful", "may replicate, passes row security")]
    [InlineData("grant {neighbour-owner} to {probe}", "role-membership", "member of {neighbour-owner}")]
    [InlineData(
        "alter role {probe} in database {database} set search_path = probe, neighbour",
        "role-settings",
        "search_path"
    )]
    [InlineData(
        "alter role {probe} in database {database} reset statement_timeout",
        "role-settings",
        "statement_timeout in this database is not set"
    )]
    [InlineData("alter role {probe} connection limit -1", "role-settings", "no limit of connections")]
    [InlineData("grant temporary on database {database} to public", "database-open-to-all", "temporary")]
    [InlineData("grant create on schema public to public", "database-open-to-all", "create")]
    [InlineData("grant usage on schema neighbour to public", "database-open-to-all", "usage")]
    [InlineData("grant usage on schema neighbour to {probe}", "schema-rights", "{probe} has usage")]
    [InlineData("alter schema neighbour owner to {probe-owner}", "schema-rights", "belongs to {probe-owner}")]
    [InlineData(
        "alter table neighbour.scheduled_events owner to {probe-owner}",
        "wrong-owner",
        "belongs to {probe-owner}"
    )]
    [InlineData(
        "create table public.stray (); alter table public.stray owner to {probe-owner}",
        "wrong-owner",
        "lies outside of its schema"
    )]
    [InlineData("grant select on neighbour.outbox to {probe}", "table-rights", "{probe} may select it")]
    [InlineData("grant update on probe.outbox to {probe}", "table-rights", "{probe} may update it")]
    [InlineData("grant truncate on probe.notes to {probe}", "table-rights", "{probe} may truncate it")]
    [InlineData("grant insert on reference.countries to {probe}", "table-rights", "{probe} may insert it")]
    [InlineData("grant select on probe.notes to public", "table-rights", "everybody (PUBLIC) may select it")]
    [InlineData("grant select (key) on neighbour.outbox to {probe}", "column-rights", "{probe} may select this column")]
    [InlineData("revoke insert on probe.notes from {probe}", "rights-missing", "{probe} may not insert it")]
    [InlineData(
        "alter default privileges for role {neighbour-owner} in schema neighbour grant select on tables to {probe}",
        "default-privileges",
        "open to others from the start"
    )]
    [InlineData(
        "alter table probe.trips add constraint trips_event_fkey foreign key (id) references neighbour.outbox "
            + "(event_id)",
        "foreign-key-crosses",
        "neighbour.outbox"
    )]
    [InlineData(
        "create view probe.peek as select * from neighbour.outbox; alter view probe.peek owner to {probe-owner}",
        "view-crosses",
        "neighbour.outbox"
    )]
    [InlineData(
        "create materialized view probe.peek as select key from neighbour.outbox; alter materialized view probe.peek "
            + "owner to {probe-owner}",
        "view-crosses",
        "neighbour.outbox"
    )]
    [InlineData(
        "create function probe.peek() returns bigint language sql as 'select count(*) from neighbour.outbox'; alter "
            + "function probe.peek() owner to {probe-owner}",
        "function-crosses",
        "schema neighbour"
    )]
    [InlineData(
        "create function probe.peek() returns bigint language sql return (select count(*) from neighbour.outbox); "
            + "alter function probe.peek() owner to {probe-owner}",
        "function-crosses",
        "schema neighbour"
    )]
    [InlineData(
        "create function neighbour.notice() returns trigger language plpgsql as 'begin return new; end'; alter "
            + "function neighbour.notice() owner to {neighbour-owner}; create trigger notice after insert on "
            + "probe.notes for each row execute function neighbour.notice()",
        "trigger-crosses",
        "neighbour.notice()"
    )]
    [InlineData(
        "create table probe.part () inherits (neighbour.scheduled_events); alter table probe.part owner to "
            + "{probe-owner}",
        "table-crosses",
        "neighbour.scheduled_events"
    )]
    [InlineData(
        "create type neighbour.mood as enum ('good'); alter type neighbour.mood owner to {neighbour-owner}; alter "
            + "table probe.notes add mood neighbour.mood",
        "table-crosses",
        "neighbour.mood"
    )]
    [InlineData(
        "create sequence neighbour.numbers; alter sequence neighbour.numbers owner to {neighbour-owner}; alter table "
            + "probe.notes alter times set default nextval('neighbour.numbers')",
        "table-crosses",
        "neighbour.numbers"
    )]
    [InlineData(
        "create function probe.act() returns void language sql security definer as 'select'; alter function "
            + "probe.act() owner to {probe-owner}",
        "security-definer",
        "SECURITY DEFINER"
    )]
    [InlineData(
        "grant execute on function probe.swap_rebuild() to {neighbour}",
        "security-definer",
        "called by others"
    )]
    [InlineData(
        "alter function probe.clear_rebuild() reset search_path",
        "security-definer",
        "search path is not fixed"
    )]
    [InlineData(
        "grant select on neighbour.outbox to {probe} with grant option",
        "table-rights",
        "select (and pass that on)"
    )]
    [InlineData(
        "grant select on probe.notes to {probe} with grant option",
        "table-rights",
        "{probe} may select (and pass that on)"
    )]
    [InlineData(
        "grant usage on schema probe to {probe} with grant option",
        "schema-rights",
        "usage (and may pass that on)"
    )]
    [InlineData("grant temporary on database {database} to {probe}", "database-rights", "temporary on database")]
    [InlineData("grant create on database {database} to {probe-owner}", "database-rights", "create on database")]
    [InlineData(
        "grant connect on database {database} to {probe} with grant option",
        "database-rights",
        "connect (and may pass that on)"
    )]
    [InlineData("alter database {database} owner to {probe-owner}", "wrong-owner", "lies outside of its schema")]
    [InlineData("grant create on schema public to {probe}", "rights-elsewhere", "rights on schema public")]
    [InlineData(
        "create schema shared; grant usage on schema shared to {probe}",
        "rights-elsewhere",
        "rights on schema shared"
    )]
    [InlineData(
        "create schema shared; grant usage on schema shared to public",
        "rights-elsewhere",
        "may use schema shared"
    )]
    [InlineData("create schema shared authorization {probe-owner}", "wrong-owner", "{probe-owner} owns it")]
    [InlineData(
        "create table public.meeting (); grant select on public.meeting to {probe}",
        "rights-elsewhere",
        "rights on table public.meeting"
    )]
    [InlineData(
        "create function public.meet() returns int language sql return 1; grant execute on function public.meet() to "
            + "{probe}",
        "rights-elsewhere",
        "function public.meet()"
    )]
    [InlineData(
        "create function neighbour.meet() returns int language sql return 1; alter function neighbour.meet() owner to "
            + "{neighbour-owner}; grant execute on function neighbour.meet() to {probe}",
        "function-rights",
        "{probe} may call it"
    )]
    [InlineData(
        "create type neighbour.mood as enum ('good'); alter type neighbour.mood owner to {neighbour-owner}; grant "
            + "usage on type neighbour.mood to {probe}",
        "function-rights",
        "{probe} may use it"
    )]
    [InlineData("create domain probe.grade as int", "wrong-owner", "instead of {probe-owner}")]
    [InlineData("alter role {probe} connection limit 50", "role-settings", "50 connections instead of 100")]
    [InlineData("alter role {probe-owner} nologin", "role-settings", "may not sign in")]
    [InlineData("alter role {probe} valid until '2030-01-01'", "role-settings", "password ends")]
    [InlineData(
        "alter role {probe} set search_path = neighbour",
        "role-settings",
        "search_path is set to neighbour in every database"
    )]
    [InlineData(
        "alter role {probe} in database {database} set row_security = off",
        "role-settings",
        "row_security is set to off"
    )]
    [InlineData(
        "alter database {database} set search_path = neighbour",
        "role-settings",
        "search_path is set to neighbour for every role"
    )]
    [InlineData(
        "create role {database}_bridge; grant {neighbour} to {database}_bridge; grant {database}_bridge to {probe}",
        "role-membership",
        "member of {database}_bridge"
    )]
    [InlineData("grant pg_read_all_data to {probe}", "role-membership", "member of pg_read_all_data")]
    [InlineData(
        "create role {database}_stranger; grant usage on schema reference to {database}_stranger",
        "schema-rights",
        "_stranger has usage"
    )]
    [InlineData("revoke usage on schema reference from {probe}", "rights-missing", "{probe} may not use it")]
    [InlineData(
        "alter default privileges in schema probe grant select on tables to {neighbour}",
        "default-privileges",
        "open to others from the start"
    )]
    [InlineData(
        "alter default privileges grant select on tables to {neighbour}",
        "default-privileges",
        "open to others from the start"
    )]
    [InlineData(
        "create function neighbour.five() returns int language sql immutable return 5; alter function "
            + "neighbour.five() owner to {neighbour-owner}; alter table probe.notes alter times set default "
            + "neighbour.five()",
        "object-crosses",
        "function neighbour.five()"
    )]
    [InlineData(
        "create function neighbour.five() returns int language sql immutable return 5; alter function "
            + "neighbour.five() owner to {neighbour-owner}; alter table probe.notes add constraint planted check "
            + "(times < neighbour.five())",
        "object-crosses",
        "function neighbour.five()"
    )]
    [InlineData(
        "create function neighbour.five() returns int language sql immutable return 5; alter function "
            + "neighbour.five() owner to {neighbour-owner}; alter table probe.notes add five int generated always as "
            + "(neighbour.five()) stored",
        "object-crosses",
        "function neighbour.five()"
    )]
    [InlineData(
        "create function neighbour.five() returns int language sql immutable return 5; alter function "
            + "neighbour.five() owner to {neighbour-owner}; create index on probe.notes ((times + neighbour.five()))",
        "object-crosses",
        "function neighbour.five()"
    )]
    [InlineData(
        "create function neighbour.five() returns int language sql immutable return 5; alter function "
            + "neighbour.five() owner to {neighbour-owner}; create view probe.peek as select neighbour.five(); alter "
            + "view probe.peek owner to {probe-owner}",
        "object-crosses",
        "function neighbour.five()"
    )]
    [InlineData(
        "alter table probe.notes enable row level security; create policy planted on probe.notes using (exists "
            + "(select 1 from neighbour.outbox))",
        "object-crosses",
        "table neighbour.outbox"
    )]
    [InlineData(
        "create policy planted on probe.notes to {neighbour} using (true)",
        "rights-elsewhere",
        "Row security of policy planted"
    )]
    [InlineData(
        "create rule planted as on insert to probe.notes do also delete from neighbour.outbox",
        "object-crosses",
        "table neighbour.outbox"
    )]
    [InlineData(
        "create domain neighbour.grade as int; alter domain neighbour.grade owner to {neighbour-owner}; create "
            + "function probe.grade() returns neighbour.grade language sql return 1; alter function probe.grade() "
            + "owner to {probe-owner}",
        "object-crosses",
        "type neighbour.grade"
    )]
    [InlineData(
        "create domain neighbour.grade as int; alter domain neighbour.grade owner to {neighbour-owner}; alter table "
            + "probe.notes add grade neighbour.grade",
        "table-crosses",
        "neighbour.grade"
    )]
    [InlineData(
        "create table public.part () inherits (neighbour.scheduled_events)",
        "table-crosses",
        "neighbour.scheduled_events"
    )]
    [InlineData(
        "create table neighbour.whole (id int) partition by range (id); alter table neighbour.whole owner to "
            + "{neighbour-owner}; create table probe.part partition of neighbour.whole for values from (1) to (2); "
            + "alter table probe.part owner to {probe-owner}",
        "table-crosses",
        "neighbour.whole"
    )]
    [InlineData(
        "create table neighbour.moved (); alter table neighbour.moved owner to {neighbour-owner}; alter table "
            + "neighbour.moved set schema probe",
        "wrong-owner",
        "belongs to {neighbour-owner}"
    )]
    [InlineData(
        "create function probe.peek() returns bigint language sql set search_path = neighbour as 'select count(*) "
            + "from outbox'; alter function probe.peek() owner to {probe-owner}",
        "function-path",
        "search_path=neighbour"
    )]
    [InlineData(
        "create function public.note() returns event_trigger language plpgsql as 'begin end'; create event trigger "
            + "{database}_planted on ddl_command_end execute function public.note()",
        "way-around",
        "every change"
    )]
    [InlineData("create publication planted for all tables", "way-around", "whoever subscribes")]
    [InlineData("create foreign data wrapper planted", "way-around", "leaves the database")]
    [InlineData(
        "create foreign data wrapper planted; create server planted foreign data wrapper planted; grant usage on "
            + "foreign server planted to {probe}; create user mapping for {probe} server planted",
        "way-around",
        "act as another one"
    )]
    [InlineData(
        "create foreign data wrapper planted; create server planted foreign data wrapper planted; grant usage on "
            + "foreign server planted to {probe}",
        "rights-elsewhere",
        "server planted"
    )]
    [InlineData("create extension citext schema probe", "way-around", "installed in schema probe")]
    [InlineData("create extension dblink", "way-around", "another role")]
    [InlineData("select lo_create(0)", "large-objects", "There are 1")]
    [InlineData("drop schema probe_rebuild cascade", "schema-missing", "does not exist")]
    public async Task Finds(string planted, string rule, string problem)
    {
        await database.Administrator.Execute(Named(planted));

        var findings = (await Verify()).Findings;

        findings
            .Where(finding => string.Equals(finding.Rule, rule, StringComparison.Ordinal))
            .Select(finding => finding.Problem)
            .ShouldContain(
                found => found.Contains(Named(problem), StringComparison.Ordinal),
                string.Join('\n', findings)
            );
        findings.ShouldAllBe(finding => finding.Where.Length > 0 && finding.Remedy.Length > 0);
    }

    [Theory]
    [InlineData(
        "grant usage on schema neighbour to {probe}; grant select on neighbour.outbox to {probe}",
        "select 1 from neighbour.outbox"
    )]
    [InlineData("grant {neighbour} to {probe}", "set local role")]
    [InlineData("grant temporary on database {database} to {probe}", "create temporary table planted ()")]
    [InlineData("grant create on schema probe to {probe}", "create table \"probe\".planted ()")]
    [InlineData("grant delete on probe.outbox to {probe}", "delete from outbox")]
    public async Task Really_tries_as_the_role_itself(string planted, string statement)
    {
        await database.Administrator.Execute(Named(planted));

        var obeyed = (await Verify())
            .Findings.Where(finding => string.Equals(finding.Rule, "not-refused", StringComparison.Ordinal))
            .ToArray();

        obeyed.ShouldAllBe(finding => string.Equals(finding.Where, Named("{probe}"), StringComparison.Ordinal));
        obeyed.ShouldContain(finding => finding.Problem.Contains(statement, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Finds_nothing_wrong_with_modules_of_the_installation_that_do_not_run_here_but_with_strangers()
    {
        DatabaseVerifier ofNeighbourOnly = new([Modules[1]], sources, database.Name);
        (await ofNeighbourOnly.VerifyAsync(Cancellation))
            .Findings.Select(finding => finding.ToString())
            .ShouldBeEmpty();

        await database.Administrator.Execute(
            Named("create role {database}_stranger; grant select on reference.countries to {database}_stranger")
        );
        try
        {
            (await ofNeighbourOnly.VerifyAsync(Cancellation)).Findings.ShouldContain(finding =>
                finding.Rule == "table-rights"
                && finding.Problem.Contains("_stranger may select", StringComparison.Ordinal)
            );
        }
        finally
        {
            await database.Administrator.Execute(
                Named("drop owned by {database}_stranger; drop role {database}_stranger")
            );
        }
    }

    [Fact]
    public async Task Leaves_the_database_as_it_was()
    {
        await database.Administrator.Execute(
            Named("grant delete on probe.outbox to {probe}; grant create on schema probe to {probe}")
        );
        await database.Administrator.Execute(
            "insert into probe.outbox (event_id, event_type, event_version, key, payload, correlation_id) values "
                + "(gen_random_uuid(), 'kept', 1, 'k', '{}', 'c')"
        );

        await Verify();

        (await database.Administrator.Value<long>("select count(*) from probe.outbox")).ShouldBe(1);
        (await database.Administrator.Value<long>("select count(*) from pg_class where relname = 'planted'")).ShouldBe(
            0
        );
    }

    private Task<VerifiedDatabase> Verify() =>
        new DatabaseVerifier(Schemas, sources, database.Name).VerifyAsync(Cancellation);

    private string Named(string text) =>
        text.Replace("{probe}", database.RolesOf("probe").App, StringComparison.Ordinal)
            .Replace("{probe-owner}", database.RolesOf("probe").Owner, StringComparison.Ordinal)
            .Replace("{neighbour}", database.RolesOf("neighbour").App, StringComparison.Ordinal)
            .Replace("{neighbour-owner}", database.RolesOf("neighbour").Owner, StringComparison.Ordinal)
            .Replace("{faraway}", database.RolesOf("faraway").App, StringComparison.Ordinal)
            .Replace("{faraway-feed}", database.RolesOf("faraway").Feed, StringComparison.Ordinal)
            .Replace("{database}", database.Name, StringComparison.Ordinal);
}
