using BuildingBlocks.Testing;
using Customers.Contracts;
using Customers.Contracts.Commands;

namespace Customers.Tests.Features;

public sealed class ImportCustomersTests(ModuleFixture<CustomersModule> customers)
    : IClassFixture<ModuleFixture<CustomersModule>>
{
    private static readonly DateTimeOffset At = new(2010, 12, 1, 8, 26, 0, TimeSpan.Zero);

    [Fact]
    public async Task Announces_a_customer_and_each_move_in_turn()
    {
        var import = Imported("AU", "BE", "AU");

        (await customers.Send(new ImportCustomers([import]))).Succeeded().ShouldBe(new(Taken: 1, Known: 0));

        (await customers.Published<CustomerRegisteredV1>()).ShouldContain(
            new CustomerRegisteredV1(import.CustomerId, UserId: null, import.Name, import.Email, "AU", Address: null)
        );
        (await customers.Published<CustomerCountryChangedV1>())
            .Where(moved => moved.CustomerId == import.CustomerId)
            .ShouldBe([new(import.CustomerId, "BE", "AU"), new(import.CustomerId, "AU", "BE")]);
        (
            await customers.Sql.Value<string>(
                "select country || ' ' || (registered_at = '2010-12-01 08:26Z') from customers where id = "
                    + $"'{import.CustomerId}'"
            )
        ).ShouldBe("AU true");
    }

    [Fact]
    public async Task Leaves_who_is_there_as_they_are()
    {
        var (known, fresh) = (Imported("DE", "FR"), Imported("IE"));
        await customers.Send(new ImportCustomers([known]));
        var moved = (await customers.Published<CustomerCountryChangedV1>()).Count;

        (await customers.Send(new ImportCustomers([known with { Name = "Somebody else" }, fresh])))
            .Succeeded()
            .ShouldBe(new(Taken: 1, Known: 1));

        (await customers.Published<CustomerCountryChangedV1>()).Count.ShouldBe(moved);
        (
            await customers.Sql.Value<string>(
                $"select name || ' ' || country from customers where id = '{known.CustomerId}'"
            )
        ).ShouldBe("Customer 1 FR");
    }

    [Fact]
    public async Task Refuses_a_batch_whole_when_one_customer_is_not_valid()
    {
        var fine = Imported("GB");

        await Refuses("customers[1].countries[0]", fine, Imported("EIRE"));
        await Refuses("customers[1].countries", fine, Imported());
        await Refuses("customers[1].email", fine, Imported("GB") with { Email = "nobody" });
        await Refuses("customers", fine, fine);

        (await customers.Sql.Value<long>($"select count(*) from customers where id = '{fine.CustomerId}'")).ShouldBe(0);
    }

    private async Task Refuses(string field, params ImportedCustomer[] imports) =>
        (await customers.Send(new ImportCustomers(imports))).BlamedFields().ShouldBe([field]);

    private static ImportedCustomer Imported(params string[] countries) =>
        new(Guid.CreateVersion7(), "Customer 1", "customer-1@example.com", At, countries);
}
