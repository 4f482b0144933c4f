using BuildingBlocks.Database;
using BuildingBlocks.Modules;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Probe;

namespace BuildingBlocks.Tests.Database;

/// <summary>Provisioning and migrating show what they would do, and do nothing that is done.</summary>
public sealed class PreviewTests : IAsyncLifetime
{
    private static readonly Module[] Modules = [new ProbeModule { IsProjection = true }, new EventSource("neighbour")];
    private static readonly IReadOnlySet<string> Projections = new HashSet<string>(StringComparer.Ordinal) { "probe" };
    private static readonly string[] Names = ["probe", "neighbour"];

    private readonly string file = Path.Combine(Path.GetTempPath(), $"preview-{Guid.CreateVersion7():N}.json");
    private TestDatabase database = null!;
    private DatabaseProvisioner provisioner = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create(Cancellation);
        provisioner = new(database.AdministratorConnectionString, database.Name, RolePasswords.Read(file));
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        File.Delete(file);
    }

    [Fact]
    public async Task Shows_all_there_is_to_make_and_makes_none_of_it()
    {
        var shown = await provisioner.PreviewAsync(Names, Projections, Cancellation);
        var migrations = await Migrator.PreviewAsync(
            Modules,
            database.Name,
            provisioner.OwnerConnectionString,
            Cancellation
        );

        shown.ShouldContain(statement =>
            statement.StartsWith($"create role \"{database.RolesOf("probe").App}\" login", StringComparison.Ordinal)
        );
        shown.ShouldContain(statement =>
            statement == $"create schema \"probe_rebuild\" authorization \"{database.RolesOf("probe").Owner}\""
        );
        shown.ShouldAllBe(statement => !statement.Contains("SCRAM", StringComparison.Ordinal));
        migrations.ShouldContain("create table outbox");
        migrations.ShouldContain("create table countries");
        (
            await database.Administrator.Value<long>(
                "select count(*) from pg_roles where rolname like $1",
                $"{database.Name}_probe%"
            )
        ).ShouldBe(0);
        File.Exists(file).ShouldBeFalse();
    }

    [Fact]
    public async Task Shows_a_database_that_is_to_be_made_and_makes_none()
    {
        var name = $"{database.Name}_other";
        DatabaseProvisioner other = new(
            new Npgsql.NpgsqlConnectionStringBuilder(database.AdministratorConnectionString)
            {
                Database = name,
            }.ConnectionString,
            database.Name,
            RolePasswords.Read(file)
        );

        var shown = await other.PreviewAsync(Names, Projections, Cancellation);

        shown[0].ShouldBe($"create database \"{name}\" encoding 'UTF8' template template0");
        shown.ShouldContain(statement => statement == $"revoke all on database \"{name}\" from public");
        (
            await database.Administrator.Value<long>("select count(*) from pg_database where datname = $1", name)
        ).ShouldBe(0);
    }

    [Fact]
    public async Task Has_nothing_to_show_once_it_is_done_and_only_what_is_missing_after_that()
    {
        await ProvisionAndMigrate();
        (await provisioner.PreviewAsync(Names, Projections, Cancellation)).ShouldBeEmpty();
        (
            await Migrator.PreviewAsync(Modules, database.Name, provisioner.OwnerConnectionString, Cancellation)
        ).ShouldBeEmpty();

        var app = database.RolesOf("probe").App;
        await database.Administrator.Execute(
            $"""
            alter role {app} createdb connection limit 7; alter role {app} in database {database.Name} set search_path = neighbour;
            alter role {app} password 'another'; revoke usage on schema probe from {app}; grant temporary on database {database.Name} to public
            """
        );
        (await provisioner.PreviewAsync(Names, Projections, Cancellation)).Count.ShouldBe(5);

        await provisioner.ProvisionAsync(Names, Projections, Cancellation);
        (await provisioner.PreviewAsync(Names, Projections, Cancellation)).ShouldBeEmpty();
        (await database.Open(provisioner.AppConnectionString("probe")).Value<string>("show search_path")).ShouldBe(
            "probe"
        );
    }

    [Fact]
    public async Task Repeating_it_writes_nothing_into_the_catalog()
    {
        await ProvisionAndMigrate();
        var before = await Catalog();

        await ProvisionAndMigrate();

        (await Catalog()).ShouldBe(before);
    }

    [Fact]
    public async Task An_administrator_who_is_no_superuser_can_do_it_and_repeat_it()
    {
        var name = $"{database.Name}_boss";
        await database.Administrator.Execute(
            $"create role {name} login createrole createdb password 'boss'; alter database {database.Name} owner to "
                + $"{name}; alter schema public owner to {name}"
        );
        DatabaseProvisioner boss = new(
            new Npgsql.NpgsqlConnectionStringBuilder(database.AdministratorConnectionString)
            {
                Username = name,
                Password = "boss",
            }.ConnectionString,
            database.Name,
            RolePasswords.Read(file)
        );
        await database.Administrator.Execute(
            $"drop schema reference; drop owned by {database.RolesOf(ReferenceSchema.Name).Owner}; drop role "
                + $"{database.RolesOf(ReferenceSchema.Name).Owner}"
        );

        await boss.ProvisionAsync(Names, Projections, Cancellation);
        (await boss.PreviewAsync(Names, Projections, Cancellation)).ShouldBeEmpty();
        await boss.ProvisionAsync(Names, Projections, Cancellation);

        (
            await database.Administrator.Value<long>(
                "select count(*) from pg_auth_members where member = $1::regrole",
                name
            )
        ).ShouldBe(0);
    }

    private async Task ProvisionAndMigrate()
    {
        await provisioner.ProvisionAsync(Names, Projections, Cancellation);
        await Migrator.MigrateReferenceAsync(
            provisioner.OwnerConnectionString(ReferenceSchema.Name),
            Names.Select(name => database.RolesOf(name).App),
            Cancellation
        );
        foreach (var module in Modules)
        {
            await Migrator.MigrateAsync(
                module,
                provisioner.OwnerConnectionString(module.Name),
                database.RolesOf(module.Name).App,
                Cancellation
            );
        }
    }

    // The version of a row of a catalog changes whenever it is written, be it with the same values.
    private Task<IReadOnlyList<string>> Catalog() =>
        database.Administrator.List<string>(
            """
            select 'role ' || oid || ' ' || xmin from pg_authid where rolname like current_database() || '%' union all select 'schema ' || oid || ' ' || xmin from pg_namespace
            union all select 'setting ' || setrole || ' ' || xmin from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database()) union all select 'table ' || oid || ' ' || xmin from pg_class where relkind = 'r' and oid >= 16384 and relname <> 'countries' and relname <> 'currencies' and relname <> 'migrations'
            order by 1
            """
        );
}
