using BuildingBlocks.Contracts;
using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Reference;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Probe;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.Reference;

/// <summary>What every module knows of countries and currencies, and that none can change it.</summary>
public sealed class ReferenceDataTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    private static readonly ProbeModule Probe = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private TestSql Owner => probe.Database.Open(probe.Database.OwnerConnectionString(ReferenceSchema.Name));

    [Theory]
    [InlineData("DE", "Germany")]
    [InlineData("GB", "United Kingdom")]
    [InlineData("CI", "Côte d’Ivoire")]
    [InlineData("UK", null)]
    [InlineData("de", null)]
    [InlineData("XX", null)]
    [InlineData("DEU", null)]
    public async Task Knows_the_countries_of_the_standard(string code, string? name) =>
        ((await Read()).Country(code)?.Name).ShouldBe(name);

    [Theory]
    [InlineData("EUR", 2)]
    [InlineData("JPY", 0)]
    [InlineData("KWD", 3)]
    [InlineData("CLF", 4)]
    [InlineData("XAU", null)]
    public async Task Knows_the_minor_units_of_currencies(string code, int? minorUnits) =>
        (await Read()).Currency(code).ShouldNotBeNull().MinorUnits.ShouldBe(minorUnits);

    [Theory]
    [InlineData("DEM")]
    [InlineData("eur")]
    [InlineData("EURO")]
    [InlineData("ANG")]
    public async Task Knows_no_currency_that_is_withdrawn_or_none(string code) =>
        (await Read()).Currency(code).ShouldBeNull();

    [Fact]
    public async Task Is_complete()
    {
        var lists = await Read();

        (lists.Countries.Count, lists.Currencies.Count).ShouldBe((249, 178));
        lists.Currencies.Count(currency => currency.MinorUnits is null).ShouldBe(13);
        lists
            .Countries.Select(country => country.Code)
            .ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Is_what_events_are_held_against()
    {
        var lists = await Read();

        CountryCodeAttribute.Codes.ShouldBe(lists.Countries.Select(country => country.Code), ignoreOrder: true);
        CurrencyCodeAttribute.Codes.ShouldBe(
            lists.Currencies.Where(currency => currency.MinorUnits is not null).Select(currency => currency.Code),
            ignoreOrder: true
        );
    }

    [Fact]
    public async Task Is_read_once() => (await Read()).ShouldBeSameAs(await Read());

    [Fact]
    public async Task Belongs_to_a_role_that_can_do_nothing_elsewhere()
    {
        (await Owner.Refusal("select * from probe.outbox")).ShouldBe("42501");
        (await Owner.Refusal("create schema planted")).ShouldBe("42501");
        (
            await probe.AdministratorSql.List<string>(
                "select distinct pg_get_userbyid(relowner)::text from pg_class where relnamespace = "
                    + "'reference'::regnamespace"
            )
        ).ShouldBe([$"{probe.Database.Name}_reference_owner"]);
    }

    [Fact]
    public async Task Migrating_again_applies_nothing_and_takes_back_rights_that_were_handed_out()
    {
        var app = probe.Database.RolesOf("probe").App;
        await Owner.Execute($"grant insert, delete on countries to {app}; revoke select on currencies from {app}");

        var applied = await Migrator.MigrateReferenceAsync(
            probe.Database.OwnerConnectionString(ReferenceSchema.Name),
            [app],
            Cancellation
        );

        applied.ShouldBe(0);
        (await probe.Sql.Refusal("insert into reference.countries values ('QQ', 'Planted')")).ShouldBe("42501");
        (await probe.Sql.Refusal("delete from reference.countries")).ShouldBe("42501");
        (await probe.Sql.Refusal("select * from reference.currencies")).ShouldBeNull();
    }

    [Fact]
    public async Task A_Host_refuses_reference_data_that_is_behind_changed_missing_or_not_to_be_read()
    {
        await using var other = await TestDatabase.Create(Cancellation);
        await other.Provision(["probe"], Cancellation);
        var app = other.Open(other.AppConnectionString("probe")).Connections;
        var owner = other.Open(other.OwnerConnectionString(ReferenceSchema.Name));
        (await Refusal()).ShouldContain("The reference data has never been migrated. Run ");

        await Migrate();
        await SchemaCheck.EnsureReferenceCurrentAsync(Probe, app, Cancellation);

        await owner.Execute("update migrations set name = 'kept.sql'");
        (await Refusal()).ShouldContain("lacks 1 migrations, the first being 0001_countries_and_currencies.sql");

        await owner.Execute(
            "update migrations set name = '0001_countries_and_currencies.sql', checksum = 'of another text'"
        );
        (await Refusal()).ShouldContain("of the reference data was changed after it had been applied");

        await owner.Execute($"revoke select on migrations from {other.RolesOf("probe").App}");
        (await Refusal()).ShouldContain("cannot be read by the role of module probe");

        Task Migrate() =>
            Migrator.MigrateReferenceAsync(
                other.OwnerConnectionString(ReferenceSchema.Name),
                [other.RolesOf("probe").App],
                Cancellation
            );

        async Task<string> Refusal() =>
            (
                await Should.ThrowAsync<StartupException>(() =>
                    SchemaCheck.EnsureReferenceCurrentAsync(Probe, app, Cancellation)
                )
            ).Message;
    }

    private ValueTask<ReferenceLists> Read() =>
        probe.Services.GetRequiredService<ReferenceData>().ReadAsync("probe", Cancellation);
}
