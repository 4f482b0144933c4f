using Users.Domain;

namespace Users.Tests.Domain;

public sealed class AccountTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    [Theory]
    [InlineData("ada@example.com")]
    [InlineData(" Ada.Lovelace+test@mail.example.co.uk ")]
    [InlineData("a@b")]
    [InlineData("jürgen@bücher.example")]
    public void Takes_an_address_that_can_be_one(string email) => Account.IsEmail(email).ShouldBeTrue();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("@example.com")]
    [InlineData("ada@")]
    [InlineData("ada@@example.com")]
    [InlineData("ada@example..com")]
    [InlineData("ada@-example.com")]
    [InlineData("ada lovelace@example.com")]
    [InlineData("ada\u0000@example.com")]
    [InlineData("ad\u200ba@example.com")]
    [InlineData("ada@example.com\r\nBcc: all@example.com")]
    public void Refuses_what_is_no_address(string? email) => Account.IsEmail(email).ShouldBeFalse();

    [Fact]
    public void Refuses_an_address_that_is_too_long() =>
        Account.IsEmail(new string('a', 250) + "@b.cd").ShouldBeFalse();

    [Fact]
    public void Keeps_the_address_as_typed_and_is_unique_regardless_of_case()
    {
        var account = Register(email: " Ada@Example.COM ");

        account.Email.ShouldBe("Ada@Example.COM");
        account.NormalizedEmail.ShouldBe(Account.Normalize("ADA@example.com"));
    }

    [Fact]
    public void Notices_whether_a_new_name_is_one()
    {
        var account = Register();

        account.Rename(" Ada ").ShouldBeFalse();
        account.Rename("Countess").ShouldBeTrue();
        account.ToProfileUpdatedV1().Name.ShouldBe("Countess");
    }

    [Fact]
    public void Refuses_to_take_the_role_from_the_last_admin()
    {
        var account = Register(role: "admin");

        account.ChangeRole("user", otherAdmins: 0).Error.ShouldBe(AccountErrors.LastAdmin);

        account.Role.ShouldBe("admin");
        account.ChangeRole("user", otherAdmins: 1).Error.ShouldBeNull();
        account.Role.ShouldBe("user");
    }

    [Fact]
    public void Lets_the_last_admin_stay_one() =>
        Register(role: "admin").ChangeRole("admin", otherAdmins: 0).Error.ShouldBeNull();

    private static Account Register(string email = "ada@example.com", string role = "user") =>
        Account.Register(Guid.CreateVersion7(Now), email, "Ada", role, Now);
}
