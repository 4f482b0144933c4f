using System.Net;
using Host.Tests.Running;

namespace Host.Tests.Composition;

public sealed class PartOfTheModulesTests
{
    [Fact]
    public async Task Says_which_parts_belong_to_modules_that_do_not_run_here()
    {
        using HostSettings settings = new();
        settings
            .With("Modules__Enabled", "users,customers,catalog,inventory,orders")
            .With("Composition__TimeLimit", "00:00:10");
        await using var host = await HostProcess.StartAsync(settings);
        using var shop = await Shop.EnterAsync(host);
        var orderId = await shop.Place("NW-003", 1);

        var details = (await shop.Customer.Get($"/order-details/{orderId}")).Expect(HttpStatusCode.OK);

        details["missing"]!
            .AsArray()
            .Select(one => $"{(string)one!["part"]!}: {(string)one["reason"]!}")
            .ShouldBe(["payment: notRunning", "shipment: notRunning"]);
        ((string?)details["customer"]!["data"]!["name"]).ShouldNotBeNullOrEmpty();
        ((string)details["products"]!["data"]!["items"]![0]!["sku"]!).ShouldBe("NW-003");
    }

    [Fact]
    public async Task Shows_an_order_to_nobody_when_no_module_that_runs_here_knows_whose_it_is()
    {
        using HostSettings settings = new();
        await using var host = await HostProcess.StartAsync(
            settings.With("Modules__Enabled", "users,customers,catalog")
        );
        using var shop = await Shop.EnterAsync(host);

        var answer = await shop.Admin.Get($"/order-details/{Guid.CreateVersion7()}");

        (answer.Status, answer.Code).ShouldBe(
            (HttpStatusCode.ServiceUnavailable, "order-details.orders-does-not-answer")
        );
    }
}
