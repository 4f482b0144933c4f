namespace Users.Tests.Security;

public sealed class SessionCheckTests(UsersFixture users) : IClassFixture<UsersFixture>
{
    private readonly string email = users.NewEmail();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic YTpi")]
    public async Task Leaves_a_request_without_a_token_to_nobody(string? authorization) =>
        (await users.Authenticate(authorization)).None.ShouldBeTrue();

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("Bearer nonsense")]
    [InlineData("bearer CfDJ8AAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Refuses_what_is_no_token_of_ours(string authorization) =>
        (await users.Authenticate(authorization)).Failure.ShouldNotBeNull();

    [Fact]
    public async Task Refuses_a_token_that_was_changed()
    {
        await users.Register(email);
        var token = (await users.SignIn(email)).AccessToken;
        var changed = token[..^20] + (token[^20] == 'A' ? 'B' : 'A') + token[^19..];

        (await users.Authenticate($"Bearer {changed}")).Failure.ShouldNotBeNull();
        (await users.Authenticate($"bearer {token}")).Succeeded.ShouldBeTrue("the scheme's case does not matter");
    }

    [Fact]
    public async Task Refuses_a_token_after_an_hour()
    {
        await users.Register(email);
        var token = (await users.SignIn(email)).AccessToken;

        await users.Advance(TimeSpan.FromMinutes(59));
        (await users.Authenticate($"Bearer {token}")).Succeeded.ShouldBeTrue();

        await users.Advance(TimeSpan.FromMinutes(1));
        (await users.Authenticate($"Bearer {token}")).Failure.ShouldNotBeNull();
    }

    [Fact]
    public async Task Refuses_the_token_of_an_account_that_is_gone()
    {
        var userId = await users.Register(email);
        var token = (await users.SignIn(email)).AccessToken;

        await users.Sql.Execute("delete from accounts where id = $1", userId);

        (await users.Authenticate($"Bearer {token}")).Failure.ShouldNotBeNull();
    }

    [Fact]
    public async Task Keeps_the_keys_where_every_Host_finds_them()
    {
        await users.Register(email);
        await users.SignIn(email);

        (await users.Sql.Value<long>("select count(*) from data_protection_keys where xml like '<key %'")).ShouldBe(1);
    }
}
