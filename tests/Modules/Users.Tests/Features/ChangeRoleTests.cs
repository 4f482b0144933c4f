using BuildingBlocks.Application;
using BuildingBlocks.Testing;
using Users.Contracts;
using Users.Features;
using static Users.Tests.Codes;

namespace Users.Tests.Features;

public sealed class ChangeRoleTests(UsersFixture users) : IClassFixture<UsersFixture>
{
    [Fact]
    public async Task Announces_the_new_role_once()
    {
        var userId = await users.Register(users.NewEmail());

        await users
            .Given()
            .When(new ChangeRole(userId, "moderator"))
            .Then<UserRoleChangedV1>(changed => changed.ShouldBe(new(userId, "moderator", "user")));
        await users.Given().When(new ChangeRole(userId, "moderator")).ThenNothing();
    }

    [Fact]
    public async Task Is_in_force_for_the_next_request_with_a_token_issued_before()
    {
        var email = users.NewEmail();
        var userId = await users.Register(email);
        var token = (await users.SignIn(email)).AccessToken;

        (await users.Send(new ChangeRole(userId, "admin"))).Succeeded();

        (await users.Authenticate($"Bearer {token}")).Principal!.IsInRole(Roles.Admin).ShouldBeTrue();
    }

    [Fact]
    public async Task Leaves_an_admin_when_all_lose_the_role_at_once()
    {
        await users.Sql.Execute("update accounts set role = 'user'");
        List<Guid> admins = [];
        for (var i = 0; i < 4; i++)
        {
            admins.Add(await users.Register(users.NewEmail()));
            (await users.Send(new ChangeRole(admins[i], "admin"))).Succeeded();
        }

        var outcomes = await Task.WhenAll(
            admins.Select(admin => Task.Run(() => users.Send(new ChangeRole(admin, "user"))))
        );

        CodesOf(outcomes).Order(StringComparer.Ordinal).ShouldBe([null, null, null, "users.last-admin"]);
        (await users.Sql.Value<long>("select count(*) from accounts where role = 'admin'")).ShouldBe(1);
    }

    [Fact]
    public async Task Refuses_a_role_or_a_user_that_does_not_exist()
    {
        (await users.Send(new ChangeRole(Guid.CreateVersion7(), "user"))).RefusedWith("users.user-unknown");
        (await users.Send(new ChangeRole(Guid.CreateVersion7(), "root"))).RefusedWith("request.invalid");
        (await users.Send(new ChangeRole(Guid.CreateVersion7(), null!))).RefusedWith("request.invalid");
    }
}
