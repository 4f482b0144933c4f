using System.Text;
using BuildingBlocks.Testing;
using Users.Features;

namespace Users.Tests.Features;

public sealed class RefreshSessionTests(UsersFixture users) : IClassFixture<UsersFixture>
{
    private readonly string email = users.NewEmail();

    [Fact]
    public async Task Answers_new_tokens_of_the_same_session()
    {
        var first = await SignIn();

        var second = (await users.TryRefresh(first.RefreshToken)).Succeeded();

        string.Equals(second.RefreshToken, first.RefreshToken, StringComparison.Ordinal).ShouldBeFalse();
        (await IsAccepted(second)).ShouldBeTrue();
        (
            await users.Sql.Value<long>(
                "select count(*) from sessions s join accounts a on a.id = s.account_id where a.email = $1",
                email
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task Ends_the_session_when_a_used_token_comes_back()
    {
        var first = await SignIn();
        var second = (await users.TryRefresh(first.RefreshToken)).Succeeded();
        await users.Advance(TimeSpan.FromSeconds(10));

        (await users.TryRefresh(first.RefreshToken)).RefusedWith("users.refresh-failed");

        (await users.TryRefresh(second.RefreshToken)).RefusedWith("users.refresh-failed");
        (await IsAccepted(second)).ShouldBeFalse("the thief may hold it");
    }

    [Fact]
    public async Task Lets_two_tabs_refresh_at_once()
    {
        var first = await SignIn();

        var both = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(_ => Task.Run(() => users.TryRefresh(first.RefreshToken)))
        );

        foreach (var tab in both.Select(outcome => outcome.Succeeded()))
        {
            (await IsAccepted(tab)).ShouldBeTrue();
            (await users.TryRefresh(tab.RefreshToken)).Succeeded();
        }
    }

    [Fact]
    public async Task Refuses_what_it_never_issued()
    {
        (await users.TryRefresh("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).RefusedWith("users.refresh-failed");
        (await users.TryRefresh("")).RefusedWith("request.invalid");
        (await users.TryRefresh(new('a', 101))).RefusedWith("request.invalid");
    }

    [Fact]
    public async Task Refuses_a_token_after_fourteen_days()
    {
        var first = await SignIn();
        await users.Advance(TimeSpan.FromDays(14));

        (await users.TryRefresh(first.RefreshToken)).RefusedWith("users.refresh-failed");
    }

    [Fact]
    public async Task Stores_no_token_that_anybody_could_use()
    {
        var first = await SignIn();

        (
            await users.Sql.Value<long>(
                "select count(*) from refresh_tokens where encode(hash, 'escape') = $1",
                first.RefreshToken
            )
        ).ShouldBe(0);
        (
            await users.Sql.Value<long>(
                "select count(*) from refresh_tokens where hash = sha256($1::bytea)",
                Encoding.UTF8.GetBytes(first.RefreshToken)
            )
        ).ShouldBe(1);
    }

    private async Task<SignedIn> SignIn()
    {
        await users.Register(email);
        return await users.SignIn(email);
    }

    private async Task<bool> IsAccepted(SignedIn tokens) =>
        (await users.Authenticate($"Bearer {tokens.AccessToken}")).Succeeded;
}
