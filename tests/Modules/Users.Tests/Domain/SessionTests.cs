using Users.Domain;

namespace Users.Tests.Domain;

public sealed class SessionTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private readonly Session session = Session.Start(Guid.CreateVersion7(Now), "curl/8", Now);
    private readonly RefreshToken token;

    public SessionTests() => token = session.IssueRefreshToken(TimeSpan.FromDays(14), Now, out _);

    [Fact]
    public void Takes_a_fresh_token_once()
    {
        session.Redeem(token, Grace, Now).Error.ShouldBeNull();

        token.UsedAt.ShouldBe(Now);
    }

    [Fact]
    public void Forgives_a_second_use_within_the_grace_of_the_first()
    {
        session.Redeem(token, Grace, Now);

        session.Redeem(token, Grace, Now.AddSeconds(9)).Error.ShouldBeNull();

        session.EndedAt.ShouldBeNull();
        token.UsedAt.ShouldBe(Now, "the grace counts from the first use, or a thief could prolong it for ever");
    }

    [Fact]
    public void Ends_when_a_used_token_comes_back()
    {
        session.Redeem(token, Grace, Now);

        session.Redeem(token, Grace, Now.AddSeconds(10)).Error.ShouldBe(SessionErrors.RefreshFailed);

        session.EndedAt.ShouldBe(Now.AddSeconds(10));
    }

    [Fact]
    public void Ends_on_any_second_use_when_there_is_no_grace()
    {
        session.Redeem(token, TimeSpan.Zero, Now);

        session.Redeem(token, TimeSpan.Zero, Now).Error.ShouldBe(SessionErrors.RefreshFailed);

        session.EndedAt.ShouldNotBeNull();
    }

    [Fact]
    public void Refuses_a_token_that_has_expired()
    {
        session.Redeem(token, Grace, Now.AddDays(14)).Error.ShouldBe(SessionErrors.RefreshFailed);

        session.EndedAt.ShouldBeNull("it was nobody's fault");
    }

    [Fact]
    public void Refuses_every_token_once_it_has_ended()
    {
        session.End(Now);

        session.Redeem(token, Grace, Now).Error.ShouldBe(SessionErrors.RefreshFailed);
    }

    [Fact]
    public void Is_prolonged_by_each_token()
    {
        session.IssueRefreshToken(TimeSpan.FromDays(14), Now.AddDays(3), out _);

        session.ExpiresAt.ShouldBe(Now.AddDays(17));
        session.RefreshedAt.ShouldBe(Now.AddDays(3));
    }

    [Fact]
    public void Keeps_only_the_hash_of_the_secret()
    {
        var issued = session.IssueRefreshToken(TimeSpan.FromDays(14), Now, out var secret);

        issued.Hash.ShouldBe(RefreshToken.HashOf(secret));
        secret.Length.ShouldBe(43, "256 bits in base64url");
    }

    [Fact]
    public void Keeps_of_the_device_name_what_can_be_shown()
    {
        Session
            .Start(session.AccountId, "a\u0000b\u001b[31m" + new string('x', 500), Now)
            .Device.ShouldBe("ab[31m" + new string('x', 194));
        Session.Start(session.AccountId, " ", Now).Device.ShouldBeNull();
    }
}
