using System.Net;
using Host.Tests.Running;

namespace Host.Tests.OpenApi;

/// <summary>What tools read of the OpenAPI document that the real Host gives.</summary>
public sealed class LintTests(RunningHost host)
{
    private readonly Shop shop = host.Shop;

    [Fact]
    public async Task Document_has_no_error_by_the_rules_of_spectral()
    {
        var document = (await shop.Open.Get("/openapi/v1.json")).Expect(HttpStatusCode.OK);
        document["paths"]!.AsObject().Count.ShouldBePositive();

        var (exitCode, report) = await Spectral.LintAsync(document.ToJsonString());

        exitCode.ShouldBe(0, report);
    }

    [Fact]
    public async Task Linter_finds_a_parameter_that_is_not_declared()
    {
        var document = (await shop.Open.Get("/openapi/v1.json")).Expect(HttpStatusCode.OK);
        var (path, operations) = document["paths"]!
            .AsObject()
            .First(one => one.Key.Contains('{', StringComparison.Ordinal));
        operations!.AsObject().First().Value!["parameters"] = null;

        var (exitCode, report) = await Spectral.LintAsync(document.ToJsonString());

        exitCode.ShouldNotBe(0);
        report.ShouldContain("path-params", customMessage: path);
    }
}
