using BuildingBlocks.Testing;
using Users.Features;

namespace Users.Tests.Features;

public sealed class SessionsTests(UsersFixture users) : IClassFixture<UsersFixture>
{
    private readonly string email = users.NewEmail();

    [Fact]
    public async Task Shows_the_callers_open_sessions_and_which_is_this_one()
    {
        await users.Register(email);
        await users.SignIn(email);
        await users.Advance(TimeSpan.FromMinutes(5));
        var here = await users.CallerOf(await users.SignIn(email));

        var sessions = (await users.Send(new ListSessions(), here)).Succeeded().Items;

        sessions.Select(session => session.Current).ShouldBe([true, false]);
        sessions.ShouldAllBe(session => session.Device == "test");
        sessions[0].ExpiresAt.ShouldBe(users.Clock.Now.AddDays(14));
    }

    [Fact]
    public async Task Stops_every_token_of_a_session_that_its_owner_ends()
    {
        await users.Register(email);
        var lost = await users.SignIn(email);
        var here = await users.SignIn(email);
        var caller = await users.CallerOf(here);
        var lostId = (await users.Send(new ListSessions(), caller))
            .Succeeded()
            .Items.Single(session => !session.Current)
            .Id;

        (await users.Send(new EndSession(lostId), caller)).Succeeded();

        (await users.Authenticate($"Bearer {lost.AccessToken}")).Succeeded.ShouldBeFalse();
        (await users.TryRefresh(lost.RefreshToken)).RefusedWith("users.refresh-failed");
        (await users.Authenticate($"Bearer {here.AccessToken}")).Succeeded.ShouldBeTrue();
        (await users.Send(new ListSessions(), caller)).Succeeded().Items.ShouldHaveSingleItem().Current.ShouldBeTrue();
        (await users.Send(new EndSession(lostId), caller)).RefusedWith("users.session-unknown");
    }

    [Fact]
    public async Task Lets_nobody_end_or_see_the_session_of_another()
    {
        var otherEmail = users.NewEmail();
        await users.Register(email);
        await users.Register(otherEmail);
        var mine = await users.SignIn(email);
        var other = await users.CallerOf(await users.SignIn(otherEmail));
        var myId = (await users.Send(new ListSessions(), await users.CallerOf(mine))).Succeeded().Items.Single().Id;

        (await users.Send(new EndSession(myId), other)).RefusedWith("users.session-unknown");

        (await users.Authenticate($"Bearer {mine.AccessToken}")).Succeeded.ShouldBeTrue();
        (await users.Send(new ListSessions(), other)).Succeeded().Items.ShouldHaveSingleItem();
        (await users.Send(new ListSessions(), As.Nobody)).RefusedWith("users.not-signed-in");
    }
}
