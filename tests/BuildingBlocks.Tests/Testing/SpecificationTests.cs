using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Database;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.Testing;

/// <summary>
/// The free suite is worth something only if it fails on a module that is not in order, and says where.
/// </summary>
public sealed class SpecificationTests : IAsyncLifetime
{
    private readonly ProbeFixture probe = new();

    private ProbeSpecification Specification => new(probe);

    public ValueTask InitializeAsync() => probe.InitializeAsync();

    public ValueTask DisposeAsync() => probe.DisposeAsync();

    [Theory]
    [InlineData(
        "alter table notes alter column times type bigint",
        "probe.notes.times is bigint in the database but integer in the model"
    )]
    [InlineData(
        "alter table notes alter column title drop not null",
        "probe.notes.title may be null in the database but is not null in the model"
    )]
    [InlineData(
        "alter table notes drop column colour",
        "The model has probe.notes.colour text, but no migration makes it"
    )]
    [InlineData(
        "alter table notes add column weight int not null",
        "probe.notes.weight is unknown to the model and must be given a value"
    )]
    [InlineData("create table planted (id int)", "The migrations make probe.planted, but no entity is mapped to it")]
    [InlineData("drop table trips", "The model has a table probe.trips, but no migration makes it")]
    public async Task Names_the_column_in_which_schema_and_model_differ(string change, string difference)
    {
        await probe.OwnerSql.Execute(change);

        (await Differences()).Single().ShouldStartWith(difference);
        await Assert.ThrowsAsync<ShouldAssertException>(Specification.Migrations_and_the_model_agree_column_by_column);
    }

    [Fact]
    public async Task Lets_the_database_fill_columns_that_the_model_does_not_know()
    {
        await probe.OwnerSql.Execute(
            "alter table notes add column made_at timestamptz not null default now(), add column remark text"
        );

        (await Differences()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Notices_a_grant_on_another_schema()
    {
        await probe.AdministratorSql.Execute(
            $"create schema elsewhere create table secrets (); grant usage on schema elsewhere to {App}; grant select "
                + $"on elsewhere.secrets to {App}"
        );

        var failure = await Assert.ThrowsAsync<ShouldAssertException>(
            Specification.App_role_is_refused_in_every_other_schema
        );
        failure.Message.ShouldContain("select * from elsewhere.secrets -> done");
    }

    [Fact]
    public async Task Notices_that_history_can_be_rewritten()
    {
        await probe.OwnerSql.Execute($"grant delete on outbox to {App}");

        var failure = await Assert.ThrowsAsync<ShouldAssertException>(Specification.App_role_cannot_rewrite_history);
        failure.Message.ShouldContain("delete from outbox -> done");
    }

    [Fact]
    public async Task Notices_that_something_can_be_created()
    {
        await probe.AdministratorSql.Execute($"grant temporary on database {probe.Database.Name} to {App}");

        var failure = await Assert.ThrowsAsync<ShouldAssertException>(Specification.App_role_cannot_create_anything);
        failure.Message.ShouldContain("create temporary table planted () -> done");
    }

    [Fact]
    public async Task Notices_an_object_of_another_owner()
    {
        await probe.AdministratorSql.Execute("create table probe.foreign_to_it ()");

        var failure = await Assert.ThrowsAsync<ShouldAssertException>(
            Specification.Schema_holds_only_what_its_owner_role_owns_and_nothing_lies_elsewhere
        );
        failure.Message.ShouldContain("relation probe.foreign_to_it belongs to postgres");
    }

    [Fact]
    public async Task Notices_a_foreign_key_into_another_schema()
    {
        await probe.AdministratorSql.Execute(
            "create schema elsewhere create table owners (id uuid primary key); alter table probe.trips add "
                + "constraint trips_owner_fkey foreign key (id) references elsewhere.owners"
        );

        var failure = await Assert.ThrowsAsync<ShouldAssertException>(Specification.No_foreign_key_crosses_the_schema);
        failure.Message.ShouldContain("trips_owner_fkey");
    }

    private string App => probe.Database.RolesOf("probe").App;

    private async Task<IReadOnlyList<string>> Differences()
    {
        await using var scope = probe.Services.CreateAsyncScope();
        return await SchemaComparison.Differences(
            scope.ServiceProvider.GetRequiredService<ProbeDbContext>(),
            probe.AdministratorSql
        );
    }
}
