using System.Net;
using Host.Tests.Running;

namespace Host.Tests.Startup;

/// <summary>A Host runs whichever modules it is told to.</summary>
[Trait("Module", "Inventory")]
public sealed class SubsetTests
{
    [Fact]
    public async Task Runs_without_the_module_that_signs_callers_in_and_takes_everybody_for_a_stranger()
    {
        using HostSettings settings = new();
        await using var host = await HostProcess.StartAsync(settings.With("Modules__Enabled", "catalog,inventory"));
        using Api open = new(host.Address);

        (await open.Get("/catalog/products")).Expect(HttpStatusCode.OK)["items"]!.AsArray().Count.ShouldBePositive();
        var refused = await open.Get("/inventory/stock/NW-003");
        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.Unauthorized, "request.unauthenticated"));
        (await open.Get("/orders")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await open.Get("/openapi/v1.json")).Expect(HttpStatusCode.OK)["components"]!["securitySchemes"]!.AsObject().Select(scheme => scheme.Key)
            .ShouldBe(["bearer"]);
        (await open.Get("/health/ready")).Expect(HttpStatusCode.OK)["modules"]!.AsObject().Select(module => module.Key).ShouldBe(["catalog", "inventory"]);
    }
}
