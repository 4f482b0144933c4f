using BuildingBlocks.Testing;
using Catalog.Contracts;
using Catalog.Features;

namespace Catalog.Tests.Features;

public sealed class ProductTests(ModuleFixture<CatalogModule> catalog) : IClassFixture<ModuleFixture<CatalogModule>>
{
    [Fact]
    public async Task Sells_a_product_and_announces_it()
    {
        await catalog
            .When(new AddProduct(" sell-1 ", " Chai ", "Beverages", 1800, "USD"))
            .Then<ProductAddedV1>(added =>
                added.ShouldBe(new ProductAddedV1("SELL-1", "Chai", "Beverages", 1800, "USD"))
            );

        (await catalog.Send(new GetProduct("sell-1"), As.Nobody))
            .Succeeded()
            .ShouldBe(new ProductDetails("SELL-1", "Chai", "Beverages", 1800, "USD", Discontinued: false));
    }

    [Fact]
    public async Task Refuses_a_sku_that_is_taken_in_another_case_and_announces_nothing()
    {
        await Add("TAKEN-1");
        var before = await catalog.Published<ProductAddedV1>();

        (await catalog.Send(new AddProduct("taken-1", "Other", "Left behind", 1, "EUR"))).RefusedWith(
            "catalog.sku-taken"
        );

        (await catalog.Published<ProductAddedV1>()).Count.ShouldBe(before.Count);
        (await Categories()).ShouldNotContain(name => name.Equals("Left behind", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sells_one_of_two_products_that_come_with_the_same_sku_and_category_at_once()
    {
        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(i => catalog.Send(new AddProduct("RACE-1", $"No. {i}", "Raced for", 1, "EUR")))
        );

        outcomes.Count(outcome => outcome.Error is null).ShouldBe(1);
        outcomes
            .Where(outcome => outcome.Error is not null)
            .ShouldAllBe(outcome => outcome.Error!.Code == "catalog.sku-taken");
        (await catalog.Published<ProductAddedV1>()).Count(added => added.Sku is "RACE-1").ShouldBe(1);
    }

    [Fact]
    public async Task Makes_a_category_once_however_many_products_bring_it_at_once_and_however_they_spell_it()
    {
        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(i =>
                    catalog.Send(new AddProduct($"SPELL-{i}", "Any", i % 2 == 0 ? "Brand new" : "BRAND NEW", 1, "EUR"))
                )
        );

        outcomes.ShouldAllBe(outcome => outcome.Error == null);
        (await Categories()).Count(name => name.Equals("Brand new", StringComparison.OrdinalIgnoreCase)).ShouldBe(1);
    }

    [Fact]
    public async Task Says_all_that_is_wrong_with_a_product_at_once() =>
        (await catalog.Send(new AddProduct("a b", new string('x', 201), " ", PriceMinor: null, "eur")))
            .BlamedFields()
            .ShouldBe(["category", "currency", "name", "priceMinor", "sku"]);

    [Theory]
    [InlineData("EURO")]
    [InlineData("DEM")]
    [InlineData("XYZ")]
    [InlineData("XAU")]
    public async Task Refuses_a_currency_that_is_none_or_in_which_nothing_has_a_price(string currency)
    {
        (await catalog.Send(new AddProduct("OF-NO-CURRENCY", "Any", "Any", 1, currency)))
            .BlamedFields()
            .ShouldBe(["currency"]);
        (await catalog.Send(new ChangePrice("OF-NO-CURRENCY", 1, currency))).BlamedFields().ShouldBe(["currency"]);
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(1_000_000_000_001L)]
    public async Task Refuses_a_price_out_of_range(long priceMinor)
    {
        (await catalog.Send(new AddProduct("PRICE-9", "Any", "Any", priceMinor, "EUR")))
            .BlamedFields()
            .ShouldBe(["priceMinor"]);
        (await catalog.Send(new ChangePrice("PRICE-9", priceMinor, "EUR"))).BlamedFields().ShouldBe(["priceMinor"]);
    }

    [Fact]
    public async Task Announces_a_price_that_changed_and_keeps_quiet_about_one_that_did_not()
    {
        await Add("PRICE-1");

        await catalog
            .When(new ChangePrice("price-1", 250, "EUR"))
            .Then<ProductPriceChangedV1>(changed =>
                changed.ShouldBe(new ProductPriceChangedV1("PRICE-1", 250, "EUR", 100, "EUR"))
            );
        await catalog.When(new ChangePrice("PRICE-1", 250, "EUR")).ThenNothing();

        (await catalog.Send(new GetProduct("PRICE-1"))).Succeeded().PriceMinor.ShouldBe(250);
    }

    [Fact]
    public async Task Announces_a_new_name_or_category_and_keeps_quiet_when_neither_is_new()
    {
        await Add("NAME-1");

        await catalog
            .When(new UpdateProduct("name-1", "Tea", "Hot drinks"))
            .Then<ProductUpdatedV1>(updated => updated.ShouldBe(new ProductUpdatedV1("NAME-1", "Tea", "Hot drinks")));
        await catalog.When(new UpdateProduct("NAME-1", "Tea ", "HOT DRINKS")).ThenNothing();

        (await Categories()).ShouldContain(name => name.Equals("Hot drinks", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Discontinues_a_product_once_and_still_shows_it()
    {
        await Add("GONE-1");

        await catalog
            .When(new DiscontinueProduct("gone-1"))
            .Then<ProductDiscontinuedV1>(gone => gone.Sku.ShouldBe("GONE-1"));
        await catalog.When(new DiscontinueProduct("GONE-1")).ThenNothing();

        (await catalog.Send(new GetProduct("GONE-1"))).Succeeded().Discontinued.ShouldBeTrue();
    }

    [Fact]
    public async Task Knows_no_product_that_was_never_added()
    {
        (await catalog.Send(new GetProduct("NOWHERE"))).RefusedWith("catalog.unknown-product");
        (await catalog.Send(new ChangePrice("NOWHERE", 1, "EUR"))).RefusedWith("catalog.unknown-product");
        (await catalog.Send(new UpdateProduct("NOWHERE", "Any", "Never made"))).RefusedWith("catalog.unknown-product");
        (await catalog.Send(new DiscontinueProduct("NOWHERE"))).RefusedWith("catalog.unknown-product");
    }

    [Theory]
    [InlineData("not a sku")]
    [InlineData("\0")]
    [InlineData("")]
    public async Task Says_when_a_sku_is_none(string sku)
    {
        (await catalog.Send(new GetProduct(sku))).BlamedFields().ShouldBe(["sku"]);
        (await catalog.Send(new ChangePrice(sku, 1, "EUR"))).BlamedFields().ShouldBe(["sku"]);
        (await catalog.Send(new UpdateProduct(sku, "Any", "Any"))).BlamedFields().ShouldBe(["sku"]);
        (await catalog.Send(new DiscontinueProduct(sku))).BlamedFields().ShouldBe(["sku"]);
    }

    [Fact]
    public async Task Lists_a_category_page_by_page_in_the_order_of_skus()
    {
        foreach (var sku in new[] { "PAGE-C", "PAGE-A", "PAGE_B", "PAGE-B", "PAGE.B" })
        {
            await Add(sku, "Paged");
        }

        List<string> pages = [];
        string? after = null;
        do
        {
            var page = (await catalog.Send(new ListProducts("paged", after, Limit: 2), As.Nobody)).Succeeded();
            pages.Add(string.Join(' ', page.Items.Select(product => product.Sku)));
            after = page.Next;
        } while (after is not null);

        pages.ShouldBe(["PAGE-A PAGE-B", "PAGE-C PAGE.B", "PAGE_B"]);
    }

    [Fact]
    public async Task Lists_nothing_of_a_category_nobody_knows() =>
        (await catalog.Send(new ListProducts("No such category", After: null, Limit: null)))
            .Succeeded()
            .Items.ShouldBeEmpty();

    [Theory]
    [InlineData(0)]
    [InlineData(201)]
    public async Task Refuses_pages_that_are_too_small_or_too_large(int limit) =>
        (await catalog.Send(new ListProducts(Category: null, After: "not a sku", limit)))
            .BlamedFields()
            .ShouldBe(["after", "limit"]);

    [Fact]
    public async Task Describes_a_category_that_a_product_brought_but_only_once()
    {
        await Add("SHELF-1", "Shelf");

        (await catalog.Send(new AddCategory("SHELF", "Where things stand"))).Succeeded().Name.ShouldBe("Shelf");
        (await catalog.Send(new AddCategory("shelf", "Somewhere else"))).RefusedWith("catalog.category-taken");

        (await catalog.Send(new ListCategories()))
            .Succeeded()
            .Items.ShouldContain(new CategoryDetails("Shelf", "Where things stand"));
    }

    [Fact]
    public async Task Makes_a_category_once_when_two_ask_for_it_at_once()
    {
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(i => catalog.Send(new AddCategory("Twice", $"{i}")))
        );

        outcomes.Count(outcome => outcome.Error is null).ShouldBe(1);
        outcomes
            .Where(outcome => outcome.Error is not null)
            .ShouldAllBe(outcome => outcome.Error!.Code == "catalog.category-taken");
    }

    private async Task Add(string sku, string category = "Any") =>
        (await catalog.Send(new AddProduct(sku, "Any", category, 100, "EUR"))).Succeeded();

    private async Task<IReadOnlyList<string>> Categories() =>
        [.. (await catalog.Send(new ListCategories(), As.Nobody)).Succeeded().Items.Select(category => category.Name)];
}
