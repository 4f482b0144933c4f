using BuildingBlocks.Testing;
using Users.Contracts;
using Users.Features;
using static Users.Tests.Codes;

namespace Users.Tests.Features;

public sealed class RegisterUserTests(UsersFixture users) : IClassFixture<UsersFixture>
{
    [Fact]
    public async Task Opens_an_account_of_role_user_and_announces_it()
    {
        var email = users.NewEmail();
        await users
            .Given()
            .When(new RegisterUser($" {email} ", UsersFixture.Password, " Ada "), As.Nobody)
            .Then<UserRegisteredV1>(registered =>
            {
                registered.Email.ShouldBe(email);
                registered.Name.ShouldBe("Ada");
                registered.Role.ShouldBe("user");
            });
    }

    [Fact]
    public async Task Refuses_an_address_that_is_taken_whatever_its_case()
    {
        var email = users.NewEmail();
        await users.Register(email);

        var refusal = (
            await users.Send(new RegisterUser(email.ToUpperInvariant(), UsersFixture.Password, "Eve"), As.Nobody)
        ).RefusedWith("users.email-taken");

        refusal.Fields.Keys.ShouldBe(["email"]);
        (await users.Published<UserRegisteredV1>())
            .Count(registered => registered.Email.Equals(email, StringComparison.OrdinalIgnoreCase))
            .ShouldBe(1);
    }

    [Fact]
    public async Task Lets_only_one_of_many_at_once_have_an_address()
    {
        var email = users.NewEmail();

        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 5)
                .Select(_ =>
                    Task.Run(() => users.Send(new RegisterUser(email, UsersFixture.Password, "Ada"), As.Nobody))
                )
        );

        CodesOf(outcomes)
            .Order(StringComparer.Ordinal)
            .ShouldBe([null, "users.email-taken", "users.email-taken", "users.email-taken", "users.email-taken"]);
    }

    [Theory]
    [InlineData(null, "correct horse", "Ada", "email")]
    [InlineData("no address", "correct horse", "Ada", "email")]
    [InlineData("ada@example.com", null, "Ada", "password")]
    [InlineData("ada@example.com", "too short", "Ada", "password")]
    [InlineData("ada@example.com", "correct horse", null, "name")]
    [InlineData("ada@example.com", "correct horse", "   ", "name")]
    [InlineData("ada@example.com", "correct horse", "nul\u0000", "name")]
    public async Task Names_the_field_that_is_wrong(string? email, string? password, string? name, string field)
    {
        var refusal = (await users.Send(new RegisterUser(email!, password!, name!), As.Nobody)).RefusedWith(
            "request.invalid"
        );

        refusal.Fields.Keys.ShouldBe([field]);
    }

    [Fact]
    public async Task Refuses_a_password_and_a_name_that_are_too_long()
    {
        var refusal = (
            await users.Send(new RegisterUser(users.NewEmail(), new('p', 129), new('n', 101)), As.Nobody)
        ).RefusedWith("request.invalid");

        refusal.Fields["password"].ShouldBe(["The password must have 10 to 128 characters."]);
        refusal.Fields["name"].ShouldHaveSingleItem().ShouldContain("1 to 100 characters");
    }

    [Fact]
    public async Task Stores_and_prints_no_password()
    {
        RegisterUser command = new(users.NewEmail(), "a secret nobody may read", "Ada");
        var userId = (await users.Send(command, As.Nobody)).Succeeded().UserId;

        command.ToString().ShouldNotContain("secret");
        new SignIn(command.Email, command.Password).ToString().ShouldNotContain("secret");
        new SignedIn("secret", "secret", 1).ToString().ShouldNotContain("secret");
        new RefreshSession("secret").ToString().ShouldNotContain("secret");
        (
            await users.Sql.Value<string>("select password_hash from credentials where account_id = $1", userId)
        ).ShouldNotContain("secret");
        (await users.Sql.Value<long>("select count(*) from outbox where payload::text like '%secret%'")).ShouldBe(0);
    }
}
