using BuildingBlocks.Testing;
using Customers.Contracts;
using Customers.Features;

namespace Customers.Tests.Features;

public sealed class CustomerTests(ModuleFixture<CustomersModule> customers)
    : IClassFixture<ModuleFixture<CustomersModule>>
{
    private static readonly AddressInput Home = new("Street 1", "Cork", PostalCode: null, "IE");

    private readonly Guid id = Guid.CreateVersion7();
    private readonly Guid ada = Guid.CreateVersion7();

    [Fact]
    public async Task Registers_a_customer_and_announces_it()
    {
        await customers
            .When(New(), As.User(ada))
            .Then<CustomerRegisteredV1>(registered =>
                registered.ShouldBe(
                    new CustomerRegisteredV1(
                        id,
                        ada,
                        "Ada",
                        "ada@example.com",
                        "DE",
                        new CustomerAddress("Street 1", "Cork", "", "IE")
                    )
                )
            );

        (await customers.Send(new GetCustomer(id), As.User(ada)))
            .Succeeded()
            .ShouldBe(
                new CustomerDetails(
                    id,
                    ada,
                    "Ada",
                    "ada@example.com",
                    "DE",
                    new AddressDetails("Street 1", "Cork", "", "IE"),
                    customers.Clock.Now
                )
            );
    }

    [Fact]
    public async Task Refuses_an_id_that_is_taken()
    {
        await Register();

        (await customers.Send(New())).RefusedWith("customers.id-taken");
    }

    [Fact]
    public async Task Says_all_that_is_wrong_with_a_customer_at_once()
    {
        (
            await customers.Send(
                New() with
                {
                    Name = " ",
                    Email = "nobody",
                    Country = "de",
                    Address = new("", new string('x', 101), new string('1', 21), "UK"),
                }
            )
        )
            .BlamedFields()
            .ShouldBe([
                "address.city",
                "address.country",
                "address.postalCode",
                "address.street",
                "country",
                "email",
                "name",
            ]);
        (await customers.Send(New() with { Name = null!, Email = null!, Country = null!, Address = null! }))
            .BlamedFields()
            .ShouldBe(["address", "country", "email", "name"]);
        (await customers.Send(new ChangeProfile(id, new string('x', 201), "a@" + new string('b', 253), "XX")))
            .BlamedFields()
            .ShouldBe(["country", "email", "name"]);
        (await customers.Send(new ChangeAddress(id, new(null!, null!, PostalCode: null, null!))))
            .BlamedFields()
            .ShouldBe(["city", "country", "street"]);
    }

    [Fact]
    public async Task Shows_and_changes_nobody_elses_customer()
    {
        await Register();
        var eve = As.User(Guid.CreateVersion7());

        (await customers.Send(new GetCustomer(id), eve)).RefusedWith("customers.unknown-customer");
        (await customers.Send(new ChangeProfile(id, "Eve", "eve@example.com", "FR"), eve)).RefusedWith(
            "customers.unknown-customer"
        );
        (await customers.Send(new ChangeAddress(id, Home with { Street = "Hers" }), eve)).RefusedWith(
            "customers.unknown-customer"
        );
        (await customers.Send(new ListCustomers(After: null, Limit: null), eve)).Succeeded().Items.ShouldBeEmpty();

        (await customers.Send(new GetCustomer(id), As.Admin(Guid.CreateVersion7()))).Succeeded().Name.ShouldBe("Ada");
    }

    [Fact]
    public async Task Shows_customers_of_nobody_to_admins_only()
    {
        await customers.Send(New() with { UserId = null });

        (await customers.Send(new GetCustomer(id), As.User(ada))).RefusedWith("customers.unknown-customer");
        (await customers.Send(new GetCustomer(id), As.Nobody)).RefusedWith("customers.unknown-customer");
        (await customers.Send(new ListCustomers(After: null, Limit: 200), As.Nobody)).Succeeded().Items.ShouldBeEmpty();
        (await customers.Send(new GetCustomer(id), As.Admin(ada))).Succeeded().UserId.ShouldBeNull();
    }

    [Fact]
    public async Task Announces_what_changed_of_a_profile_and_nothing_else()
    {
        await Register();

        await customers.When(new ChangeProfile(id, "Ada", "ada@example.com", "DE"), As.User(ada)).ThenNothing();
        await customers
            .When(new ChangeProfile(id, "Ada", "ada@example.com", "FR"), As.User(ada))
            .Then<CustomerCountryChangedV1>(changed => changed.ShouldBe(new CustomerCountryChangedV1(id, "FR", "DE")))
            .ThenNo<CustomerProfileUpdatedV1>();
        await customers
            .When(new ChangeProfile(id, "Ada L.", "ada@example.com", "FR"), As.User(ada))
            .Then<CustomerProfileUpdatedV1>(changed =>
                changed.ShouldBe(new CustomerProfileUpdatedV1(id, "Ada L.", "ada@example.com"))
            )
            .ThenNo<CustomerCountryChangedV1>();
    }

    [Fact]
    public async Task Announces_a_new_address_and_nothing_of_the_same()
    {
        await Register();

        await customers.When(new ChangeAddress(id, Home with { PostalCode = " " }), As.User(ada)).ThenNothing();
        await customers
            .When(new ChangeAddress(id, new("Street 2", "Paris", "75001", "FR")), As.User(ada))
            .Then<CustomerAddressUpdatedV1>(updated =>
                updated.ShouldBe(
                    new CustomerAddressUpdatedV1(id, new CustomerAddress("Street 2", "Paris", "75001", "FR"))
                )
            );

        (await customers.Send(new GetCustomer(id), As.User(ada)))
            .Succeeded()
            .Address.ShouldBe(new AddressDetails("Street 2", "Paris", "75001", "FR"));
    }

    [Fact]
    public async Task Announces_changes_at_the_same_time_in_the_order_in_which_they_came_true()
    {
        await Register();

        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 3)
                .Select(n =>
                    customers.Send(new ChangeAddress(id, Home with { Street = $"Street {n + 10}" }), As.User(ada))
                )
        );

        outcomes.ShouldAllBe(outcome => outcome.Error == null);
        (await customers.Published<CustomerAddressUpdatedV1>())
            .Last(updated => updated.CustomerId == id)
            .Address.Street.ShouldBe((await customers.Send(new GetCustomer(id))).Succeeded().Address!.Street);
        (await customers.Sql.Value<int>("select revision from customers where id = $1", id)).ShouldBe(3);
    }

    [Fact]
    public async Task Lists_ones_own_customers_page_by_page()
    {
        Guid[] mine = [Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7()];
        foreach (var one in mine)
        {
            (await customers.Send(New() with { CustomerId = one })).Succeeded();
        }

        var first = (await customers.Send(new ListCustomers(After: null, Limit: 2), As.User(ada))).Succeeded();
        var rest = (await customers.Send(new ListCustomers(first.Next, Limit: 2), As.User(ada))).Succeeded();

        first.Items.Concat(rest.Items).Select(customer => customer.CustomerId).ShouldBe(mine.Order());
        first.Items.Count.ShouldBe(2);
        rest.Next.ShouldBeNull();
        (await customers.Send(new ListCustomers(After: null, Limit: 201))).BlamedFields().ShouldBe(["limit"]);
    }

    private RegisterCustomer New() => new(id, ada, "Ada", "ada@example.com", "DE", Home);

    private async Task Register() => (await customers.Send(New())).Succeeded();
}
