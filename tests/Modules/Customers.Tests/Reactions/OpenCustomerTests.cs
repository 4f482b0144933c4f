using BuildingBlocks.Testing;
using Customers.Contracts;
using Customers.Features;
using Users.Contracts;

namespace Customers.Tests.Reactions;

public sealed class OpenCustomerTests(ModuleFixture<CustomersModule> customers)
    : IClassFixture<ModuleFixture<CustomersModule>>
{
    private readonly Guid userId = Guid.CreateVersion7();

    [Fact]
    public async Task Gives_whoever_signs_up_a_customer_of_the_same_id()
    {
        await customers
            .When(new UserRegisteredV1(userId, "ada@example.com", "Ada", "user"))
            .Then<CustomerRegisteredV1>(registered =>
                registered.ShouldBe(
                    new CustomerRegisteredV1(userId, userId, "Ada", "ada@example.com", Country: null, Address: null)
                )
            );

        var customer = (await customers.Send(new GetCustomer(userId), As.User(userId))).Succeeded();
        customer.Country.ShouldBeNull();
        customer.Address.ShouldBeNull();
    }

    [Fact]
    public async Task Lets_that_customer_say_where_they_live_later()
    {
        await customers.Given(new UserRegisteredV1(userId, "ada@example.com", "Ada", "user"));

        await customers
            .When(new ChangeProfile(userId, "Ada", "ada@example.com", "DE"), As.User(userId))
            .Then<CustomerCountryChangedV1>(changed =>
                changed.ShouldBe(new CustomerCountryChangedV1(userId, "DE", PreviousCountry: null))
            );
        await customers
            .When(new ChangeAddress(userId, new("Street 1", "Berlin", "10117", "DE")), As.User(userId))
            .Then<CustomerAddressUpdatedV1>();

        (await customers.Send(new GetCustomer(userId), As.User(userId))).Succeeded().Address!.City.ShouldBe("Berlin");
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("moderator")]
    public async Task Gives_staff_none(string role) =>
        await customers.When(new UserRegisteredV1(userId, "eve@example.com", "Eve", role)).ThenNothing();

    [Fact]
    public async Task Leaves_a_customer_of_that_id_as_it_is()
    {
        await customers.Send(
            new RegisterCustomer(
                userId,
                userId,
                "Was here",
                "was@example.com",
                "DE",
                new("Street 1", "Berlin", "10117", "DE")
            )
        );

        await customers.When(new UserRegisteredV1(userId, "ada@example.com", "Ada", "user")).ThenNothing();

        (await customers.Send(new GetCustomer(userId))).Succeeded().Name.ShouldBe("Was here");
    }
}
