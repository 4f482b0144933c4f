using BuildingBlocks.Testing;
using Users.Contracts;
using Users.Features;

namespace Users.Tests.Features;

public sealed class ProfileTests(UsersFixture users) : IClassFixture<UsersFixture>
{
    [Fact]
    public async Task Shows_what_was_registered()
    {
        var email = users.NewEmail();
        var userId = await users.Register(email);

        var profile = (await users.Send(new GetProfile(), As.User(userId))).Succeeded();

        profile.ShouldBe(new(userId, email, "Ada", "user", users.Clock.Now));
    }

    [Fact]
    public async Task Announces_a_new_name_once()
    {
        var userId = await users.Register(users.NewEmail());

        await users
            .Given()
            .When(new UpdateProfile(" Countess "), As.User(userId))
            .Then<UserProfileUpdatedV1>(updated => updated.ShouldBe(new(userId, "Countess")));
        await users.Given().When(new UpdateProfile("Countess"), As.User(userId)).ThenNothing();
    }

    [Fact]
    public async Task Does_not_lose_a_change_of_name_to_a_failed_sign_in()
    {
        var email = users.NewEmail();
        var userId = await users.Register(email);

        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(i =>
                    Task.Run(async () =>
                    {
                        await users.TrySignIn(email, "wrong password");
                        return await users.Send(new UpdateProfile($"Name {i}"), As.User(userId));
                    })
                )
        );

        outcomes.Count(outcome => outcome.Error is null or { Code: "request.changed-meanwhile" }).ShouldBe(4);
        outcomes.ShouldContain(outcome => outcome.Error == null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\nb")]
    public async Task Refuses_a_name_that_is_none(string name)
    {
        var userId = await users.Register(users.NewEmail());

        (await users.Send(new UpdateProfile(name), As.User(userId)))
            .RefusedWith("request.invalid")
            .Fields.Keys.ShouldBe(["name"]);
    }

    [Fact]
    public async Task Is_nobodys_who_is_not_signed_in()
    {
        (await users.Send(new GetProfile(), As.Nobody)).RefusedWith("users.not-signed-in");
        (await users.Send(new UpdateProfile("Eve"), As.Nobody)).RefusedWith("users.not-signed-in");
    }
}
