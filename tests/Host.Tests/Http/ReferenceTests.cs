using System.Net;
using Host.Tests.Running;

namespace Host.Tests.Http;

public sealed class ReferenceTests(RunningHost host)
{
    private readonly Shop shop = host.Shop;

    [Fact]
    public async Task Lists_countries_to_anybody_and_to_any_cache()
    {
        var answer = await shop.Open.Get("/reference/countries");

        var items = answer.Expect(HttpStatusCode.OK)["items"]!.AsArray();
        items.Count.ShouldBe(249);
        items[0]!.ToJsonString().ShouldBe("""{"code":"AD","name":"Andorra"}""");
        answer.Headers.CacheControl!.ToString().ShouldBe("public, max-age=86400");
    }

    [Fact]
    public async Task Lists_currencies_with_their_minor_units()
    {
        var items = (await shop.Open.Get("/reference/currencies")).Expect(HttpStatusCode.OK)["items"]!.AsArray();

        items.Count.ShouldBe(178);
        items
            .Single(item => (string)item!["code"]! is "JPY")!
            .ToJsonString()
            .ShouldBe("""{"code":"JPY","name":"Yen","minorUnits":0}""");
        items.Single(item => (string)item!["code"]! is "XAU")!["minorUnits"].ShouldBeNull();
    }
}
