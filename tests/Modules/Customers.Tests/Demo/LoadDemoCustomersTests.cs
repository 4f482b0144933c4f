using BuildingBlocks.Application;
using BuildingBlocks.Modules;
using BuildingBlocks.Testing;
using Customers.Contracts;
using Customers.Demo;
using Customers.Features;
using Microsoft.Extensions.DependencyInjection;
using Users.Contracts;

namespace Customers.Tests.Demo;

public sealed class LoadDemoCustomersTests(ModuleFixture<CustomersModule> customers)
    : IClassFixture<ModuleFixture<CustomersModule>>
{
    [Fact]
    public async Task Brings_in_northwind_and_completes_the_demo_accounts_customer_without_repeating_anything()
    {
        await customers.Given(new UserRegisteredV1(DemoOptions.CustomerId, "demo@example.com", "Demo", "user"));
        await Load();
        await customers.Sql.Execute("delete from addresses where customer_id = '0198a000-0000-7000-8000-00414c464b49'");
        await customers.Sql.Execute("delete from customers where id = '0198a000-0000-7000-8000-00414c464b49'");

        await Load();

        (await customers.Sql.Value<long>("select count(*) from customers")).ShouldBe(91 + 1);
        (await customers.Sql.Value<long>("select count(*) from addresses")).ShouldBe(91 + 1);
        // Northwind's, one of them twice; the demo account's too, by the sign-up.
        (await customers.Published<CustomerRegisteredV1>()).Count.ShouldBe(91 + 1 + 1);
        (await customers.Published<CustomerAddressUpdatedV1>())
            .ShouldHaveSingleItem()
            .CustomerId.ShouldBe(DemoOptions.CustomerId);
        var demo = (
            await customers.Send(new GetCustomer(DemoOptions.CustomerId), As.User(DemoOptions.CustomerId))
        ).Succeeded();
        (demo.Name, demo.Country).ShouldBe(("Demo", "DE"));
    }

    private async Task Load()
    {
        await using var scope = customers.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().System();
        await ((IDemoData)scope.ServiceProvider.GetRequiredService<LoadDemoCustomers>()).Load(
            TestContext.Current.CancellationToken
        );
    }
}
