using Catalog.Contracts;
using Catalog.Domain;

namespace Catalog.Tests.Domain;

public sealed class ProductTests
{
    private readonly Product product = Product.Add(" ab-1 ", " Chai ", "Beverages", 1800, "USD");

    [Fact]
    public void Announces_itself_as_it_is_stored() =>
        product.ToAddedV1().ShouldBe(new ProductAddedV1("AB-1", "Chai", "Beverages", 1800, "USD"));

    [Fact]
    public void Announces_a_new_price_with_the_one_before()
    {
        product.ChangePrice(1900, "USD").ShouldBe(new ProductPriceChangedV1("AB-1", 1900, "USD", 1800, "USD"));
        product.ChangePrice(1900, "EUR").ShouldBe(new ProductPriceChangedV1("AB-1", 1900, "EUR", 1900, "USD"));
    }

    [Fact]
    public void Says_nothing_of_a_price_that_is_the_same() => product.ChangePrice(1800, "USD").ShouldBeNull();

    [Fact]
    public void Announces_a_new_name_or_category_with_both()
    {
        product.Describe("Tea", "Beverages").ShouldBe(new ProductUpdatedV1("AB-1", "Tea", "Beverages"));
        product.Describe("Tea", "Hot").ShouldBe(new ProductUpdatedV1("AB-1", "Tea", "Hot"));
    }

    [Fact]
    public void Says_nothing_of_a_description_that_is_the_same() =>
        product.Describe("Chai ", "Beverages").ShouldBeNull();

    [Fact]
    public void Is_discontinued_once()
    {
        product.Discontinue().ShouldBe(new ProductDiscontinuedV1("AB-1"));
        product.Discontinue().ShouldBeNull();
        product.Discontinued.ShouldBeTrue();
    }
}
