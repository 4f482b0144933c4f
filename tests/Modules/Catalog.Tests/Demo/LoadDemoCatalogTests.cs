using BuildingBlocks.Modules;
using BuildingBlocks.Testing;
using Catalog.Contracts;
using Catalog.Demo;
using Microsoft.Extensions.DependencyInjection;

namespace Catalog.Tests.Demo;

public sealed class LoadDemoCatalogTests(ModuleFixture<CatalogModule> catalog)
    : IClassFixture<ModuleFixture<CatalogModule>>
{
    [Fact]
    public async Task Brings_in_northwind_and_completes_what_was_broken_off_without_repeating_it()
    {
        await Load();
        await catalog.Sql.Execute("delete from products where sku in ('NW-003', 'NW-005')");
        await catalog.Sql.Execute("update products set discontinued = false where sku = 'NW-001'");
        await catalog.Sql.Execute("update products set price_minor = 1 where sku = 'NW-010'");

        await Load();

        (await catalog.Sql.Value<long>("select count(*) from products")).ShouldBe(77);
        (await catalog.Sql.Value<long>("select count(*) from products where discontinued")).ShouldBe(10);
        (await catalog.Sql.Value<long>("select count(*) from categories where description is not null")).ShouldBe(8);
        (await catalog.Sql.Value<long>("select price_minor from products where sku = 'NW-005'")).ShouldBe(2135);
        (await catalog.Sql.Value<long>("select price_minor from products where sku = 'NW-010'")).ShouldBe(1);
        (await catalog.Published<ProductAddedV1>()).Count.ShouldBe(77 + 2);
    }

    private async Task Load()
    {
        await using var scope = catalog.Services.CreateAsyncScope();
        await ((IDemoData)scope.ServiceProvider.GetRequiredService<LoadDemoCatalog>()).Load(
            TestContext.Current.CancellationToken
        );
    }
}
