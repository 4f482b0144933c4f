using BuildingBlocks.Modules;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orders;
using Payments;

namespace Host.Tests.Startup;

[Trait("Module", "Orders")]
public sealed class WiringTests
{
    [Fact]
    public void Lists_every_wiring_fault_at_once()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Modules:Enabled"] = "orders,shiping" })
            .Build();

        var refusal = Should.Throw<StartupException>(() => new ServiceCollection().AddModules(configuration, modules => modules.Add<OrdersModule>()));

        refusal.Message.ShouldContain("(13 faults)");
        refusal.Message.ShouldContain("Modules:Enabled names 'shiping', but this Host has only orders.");
        foreach (var missing in new[] { "Customers", "Catalog", "Inventory", "Payments", "Shipping" })
        {
            refusal.Message.ShouldContain($"of {missing}, which this Host does not have; add the module, or remove the reactions.");
        }

        foreach (var reference in new[] { "customers.customer", "users.account", "catalog.product" })
        {
            refusal.Message.ShouldContain($"refers to {reference}, but this Host has only orders; add the module, or remove the reference.");
        }
    }

    [Fact]
    public void Refuses_the_same_module_twice()
    {
        var configuration = new ConfigurationBuilder().Build();

        var refusal = Should.Throw<StartupException>(() =>
            new ServiceCollection().AddModules(configuration, modules => modules.Add<PaymentsModule>().Add<PaymentsModule>()));

        refusal.Message.ShouldContain("are all named 'payments'");
    }
}
