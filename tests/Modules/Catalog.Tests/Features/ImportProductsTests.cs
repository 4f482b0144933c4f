using BuildingBlocks.Testing;
using Catalog.Contracts;
using Catalog.Contracts.Commands;

namespace Catalog.Tests.Features;

public sealed class ImportProductsTests(ModuleFixture<CatalogModule> catalog)
    : IClassFixture<ModuleFixture<CatalogModule>>
{
    [Fact]
    public async Task Adds_what_is_missing_and_leaves_what_is_there()
    {
        (await catalog.Send(new ImportProducts([Imported("15056bl")]))).Succeeded().ShouldBe(new(Taken: 1, Known: 0));

        (await catalog.Send(new ImportProducts([Imported("15056BL") with { PriceMinor = 1 }, Imported("22423")])))
            .Succeeded()
            .ShouldBe(new(Taken: 1, Known: 1));

        (await catalog.Published<ProductAddedV1>())
            .Where(added => added.Category is "Gifts")
            .Select(added => (added.Sku, added.PriceMinor))
            .ShouldBe([("15056BL", 595), ("22423", 595)]);
    }

    [Fact]
    public async Task Refuses_a_batch_whole_when_one_product_is_not_valid()
    {
        await Refuses("products[1].sku", Imported("BANK CHARGES"));
        await Refuses("products[1].priceMinor", Imported("DEAR") with { PriceMinor = -1 });

        (await catalog.Sql.Value<long>("select count(*) from products where sku = 'FINE'")).ShouldBe(0);
    }

    [Fact]
    public async Task Refuses_a_sku_named_twice_in_different_case() =>
        (await catalog.Send(new ImportProducts([Imported("twice"), Imported("TWICE")])))
            .BlamedFields()
            .ShouldBe(["products"]);

    private async Task Refuses(string field, ImportedProduct faulty) =>
        (await catalog.Send(new ImportProducts([Imported("FINE"), faulty]))).BlamedFields().ShouldBe([field]);

    private static ImportedProduct Imported(string sku) => new(sku, "Edwardian parasol", "Gifts", 595, "GBP");
}
