using Host.Tests.Running;

namespace Host.Tests.Http;

[Trait("Module", "Catalog")]
[Trait("Module", "Customers")]
public sealed class ReferenceCodeTests(RunningHost host)
{
    private readonly Shop shop = host.Shop;

    [Fact]
    public async Task Is_what_codes_are_checked_against()
    {
        var (sku, name, category, priceMinor) = ("OF-NO-CURRENCY", "Any", "Any", 1);

        (
            await shop.Admin.Post(
                "/catalog/products",
                new
                {
                    sku,
                    name,
                    category,
                    priceMinor,
                    currency = "DEM",
                }
            )
        ).FaultyFields.ShouldBe(["currency"]);
        (
            await shop.Customer.Post(
                "/customers",
                new
                {
                    name,
                    email = "a@example.com",
                    country = "XX",
                    address = new
                    {
                        street = "s",
                        city = "c",
                        country = "UK",
                    },
                }
            )
        ).FaultyFields.ShouldBe(["country", "address.country"]);
    }
}
