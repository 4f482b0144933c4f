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
        refused.Text.ShouldNotContain("/users/login");
        (await open.Get("/openapi/v1.json")).Text.ShouldNotContain("/users/login");
        host.Output.ShouldContain("none: no module that runs here signs anybody in");
        host.Output.ShouldNotContain("customer@example.com");
        (await open.Get("/orders")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await open.Get("/openapi/v1.json")).Expect(HttpStatusCode.OK)["components"]!["securitySchemes"]!
            .AsObject()
            .Select(scheme => scheme.Key)
            .ShouldBe(["bearer"]);
        var health = (await open.Get("/health/ready")).Expect(HttpStatusCode.OK);
        ((string)health["status"]!).ShouldBe("degraded");
        health["modules"]!.AsObject().Select(module => module.Key).ShouldBe(["catalog", "inventory"]);
        ((string)health["modules"]!["catalog"]!["status"]!).ShouldBe("healthy");
        ((string)health["modules"]!["inventory"]!["reason"]!).ShouldStartWith("Hears nothing of orders,");
    }
}
