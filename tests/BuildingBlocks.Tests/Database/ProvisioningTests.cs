using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;
using BuildingBlocks.Testing;
using Npgsql;

namespace BuildingBlocks.Tests.Database;

/// <summary>The walls between modules as the database itself holds them.</summary>
public sealed class ProvisioningTests : IAsyncLifetime
{
    private const string Refused = PostgresErrorCodes.InsufficientPrivilege;
    private static readonly Module[] Modules = [new EventSource("alpha"), new EventSource("beta")];

    private TestDatabase database = null!;
    private TestSql alpha = null!;
    private TestSql beta = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create(Cancellation);
        await database.ProvisionAndMigrate(Modules, Cancellation);
        alpha = database.Open(database.AppConnectionString("alpha"));
        beta = database.Open(database.AppConnectionString("beta"));
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Roles_can_sign_in_and_have_no_power_beyond_that()
    {
        var roles = await database.Administrator.Rows(
            """
            select rolname::text, rolcanlogin, rolsuper or rolcreatedb or rolcreaterole or rolinherit or rolreplication or rolbypassrls, rolconnlimit > 0,
                   exists (select 1 from pg_auth_members where member = r.oid or roleid = r.oid)
            from pg_roles r where rolname like $1 || '\_%' order by 1
            """,
            database.Name
        );

        roles
            .Select(role => (string)role[0]!)
            .ShouldBe([
                $"{database.Name}_alpha_app",
                $"{database.Name}_alpha_owner",
                $"{database.Name}_beta_app",
                $"{database.Name}_beta_owner",
                $"{database.Name}_reference_owner",
            ]);
        roles.ShouldAllBe(role => (bool)role[1]! && !(bool)role[2]! && (bool)role[3]! && !(bool)role[4]!);
    }

    [Fact]
    public async Task Public_has_nothing()
    {
        var granted = await database.Administrator.Rows(
            """
            select has_database_privilege('public', current_database(), 'connect'), has_database_privilege('public', current_database(), 'temporary'),
                   has_database_privilege('public', current_database(), 'create'), has_schema_privilege('public', 'public', 'usage'),
                   has_schema_privilege('public', 'public', 'create'), has_schema_privilege('public', 'alpha', 'usage'),
                   has_table_privilege('public', 'alpha.outbox', 'select')
            """
        );

        granted[0].ShouldAllBe(granted => Equals(granted, false));
    }

    [Theory]
    [InlineData("select * from beta.outbox")]
    [InlineData("insert into beta.outbox default values")]
    [InlineData("update beta.subscriptions set position = 0")]
    [InlineData("delete from beta.scheduled_events")]
    [InlineData("truncate beta.sagas")]
    [InlineData("select nextval('beta.outbox_position_seq')")]
    [InlineData("create table beta.planted ()")]
    [InlineData("create table alpha.planted ()")]
    [InlineData("create table public.planted ()")]
    [InlineData("create temporary table planted ()")]
    [InlineData("create schema planted")]
    [InlineData("create function alpha.planted() returns int language sql return 1")]
    [InlineData("alter table alpha.outbox disable trigger all")]
    [InlineData("drop table alpha.outbox")]
    [InlineData("grant select on alpha.outbox to public")]
    [InlineData("update alpha.outbox set key = key")]
    [InlineData("delete from alpha.outbox")]
    [InlineData("truncate alpha.outbox")]
    [InlineData("truncate alpha.sagas")]
    [InlineData("update alpha.migrations set checksum = ''")]
    [InlineData("select pg_read_file('postgresql.conf')")]
    public async Task App_role_is_refused(string statement)
    {
        (await alpha.Refusal(statement)).ShouldBe(
            statement.StartsWith("grant", StringComparison.Ordinal) ? null : Refused,
            statement
        );

        // A grant of what one may not pass on is only a warning; what counts is that the other role got nothing.
        (await beta.Refusal("select * from alpha.outbox")).ShouldBe(Refused);
    }

    [Fact]
    public async Task App_role_cannot_become_anybody_else()
    {
        (await alpha.Refusal($"set role {database.Name}_alpha_owner")).ShouldBe(Refused);
        (await alpha.Refusal($"set role {database.Name}_beta_app")).ShouldBe(Refused);
    }

    [Fact]
    public async Task App_role_does_its_work_in_its_own_schema_without_naming_it()
    {
        await alpha.Execute(
            "insert into scheduled_events (event_id, due_at, event_type, event_version, key, payload, correlation_id) "
                + "values ($1, now(), 'a', 1, 'a', '{}', 'a')",
            Guid.CreateVersion7()
        );

        (await alpha.Value<long>("select count(*) from scheduled_events")).ShouldBe(1);
        (await beta.Value<long>("select count(*) from scheduled_events")).ShouldBe(0);
        (await alpha.Value<string>("show search_path")).ShouldBe("alpha");
        (await alpha.Value<string>("show statement_timeout")).ShouldBe("30s");
        (await alpha.Value<string>("show idle_in_transaction_session_timeout")).ShouldBe("1min");
    }

    [Fact]
    public async Task Owner_of_one_module_is_refused_in_another()
    {
        var owner = database.Open(database.OwnerConnectionString("alpha"));

        (await owner.Refusal("select * from beta.outbox")).ShouldBe(Refused);
        (await owner.Refusal("create table beta.planted ()")).ShouldBe(Refused);
        (await owner.Refusal("create schema planted")).ShouldBe(Refused);
    }

    [Fact]
    public async Task Provisioning_again_takes_back_powers_that_were_handed_out()
    {
        var app = database.RolesOf("alpha").App;
        await database.Administrator.Execute(
            $"alter role {app} superuser createdb; grant usage on schema alpha to public; grant temporary on database "
                + $"{database.Name} to public"
        );

        await database.Provision(["alpha", "beta"], Cancellation);

        (
            await database.Administrator.Value<bool>(
                "select rolsuper or rolcreatedb from pg_roles where rolname = $1",
                app
            )
        ).ShouldBeFalse();
        await Public_has_nothing();
        (await alpha.Refusal("select * from beta.outbox")).ShouldBe(Refused);
    }

    [Fact]
    public async Task An_unreachable_server_is_named_with_the_setting()
    {
        DatabaseProvisioner provisioner = new("Host=127.0.0.1;Port=1;Username=postgres", "nobody", Passwords());

        var failure = await Should.ThrowAsync<StartupException>(() =>
            provisioner.ProvisionAsync(["alpha"], new HashSet<string>(StringComparer.Ordinal), Cancellation)
        );
        failure.Message.ShouldContain("127.0.0.1:1 cannot be reached");
        failure.Message.ShouldContain("ConnectionStrings:Postgres");
    }

    [Fact]
    public async Task An_administrator_without_rights_is_told_what_to_do()
    {
        DatabaseProvisioner provisioner = new(database.AppConnectionString("alpha"), "nobody", Passwords());

        var failure = await Should.ThrowAsync<StartupException>(() =>
            provisioner.ProvisionAsync(["gamma"], new HashSet<string>(StringComparer.Ordinal), Cancellation)
        );
        failure.Message.ShouldContain("may not create");
    }

    [Fact]
    public async Task A_generated_password_is_kept_in_a_file_of_its_user_alone()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{database.Name}-kept.json");
        try
        {
            var passwords = RolePasswords.Read(path);
            var password = passwords.Of("somebody");
            passwords.Save();

            password.Length.ShouldBe(64);
            RolePasswords.Read(path).Of("somebody").ShouldBe(password);
            if (!OperatingSystem.IsWindows())
            {
                File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private RolePasswords Passwords() =>
        RolePasswords.Read(Path.Combine(Path.GetTempPath(), $"{database.Name}-unused.json"));
}
