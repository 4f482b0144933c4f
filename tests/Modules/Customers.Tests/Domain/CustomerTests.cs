using Customers.Contracts;
using Customers.Domain;

namespace Customers.Tests.Domain;

public sealed class CustomerTests
{
    private static readonly Guid Id = Guid.CreateVersion7();
    private static readonly Address Home = new("Street 1", "Berlin", "10117", "DE");

    private readonly Customer customer = Customer.Register(
        Id,
        userId: null,
        " Ada ",
        " ada@example.com ",
        "DE",
        Home,
        DateTimeOffset.UnixEpoch
    );

    [Fact]
    public void Announces_itself_as_it_is_stored() =>
        customer
            .ToRegisteredV1()
            .ShouldBe(
                new CustomerRegisteredV1(
                    Id,
                    UserId: null,
                    "Ada",
                    "ada@example.com",
                    "DE",
                    new CustomerAddress("Street 1", "Berlin", "10117", "DE")
                )
            );

    [Fact]
    public void Announces_a_new_name_or_address_for_mail_but_no_country_that_stays()
    {
        customer
            .ChangeProfile("Ada L.", "ada@example.com", "DE")
            .ShouldBe([new CustomerProfileUpdatedV1(Id, "Ada L.", "ada@example.com")]);
        customer
            .ChangeProfile("Ada L.", "ada@example.org", "DE")
            .ShouldBe([new CustomerProfileUpdatedV1(Id, "Ada L.", "ada@example.org")]);
    }

    [Fact]
    public void Announces_a_new_country_with_the_one_before() =>
        customer.ChangeProfile("Ada", "ada@example.com", "FR").ShouldBe([new CustomerCountryChangedV1(Id, "FR", "DE")]);

    [Fact]
    public void Announces_both_when_both_are_new() =>
        customer.ChangeProfile("Eva", "ada@example.com", "FR").Count.ShouldBe(2);

    [Fact]
    public void Says_nothing_of_a_profile_that_is_the_same()
    {
        customer.ChangeProfile("Ada ", "ada@example.com", "DE").ShouldBeEmpty();
        customer.Revision.ShouldBe(0);
    }

    [Fact]
    public void Announces_a_new_address_and_says_nothing_of_the_same()
    {
        customer.MoveTo(Home with { Street = "Street 2" }).ShouldNotBeNull().Address.Street.ShouldBe("Street 2");
        customer.MoveTo(Home with { Street = "Street 2" }).ShouldBeNull();
        customer.Revision.ShouldBe(1);
    }
}
