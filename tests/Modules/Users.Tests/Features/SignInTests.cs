using System.Globalization;
using System.Security.Claims;
using BuildingBlocks.Application;
using BuildingBlocks.Testing;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Users.Domain;
using static Users.Tests.Codes;

namespace Users.Tests.Features;

public sealed class SignInTests(UsersFixture users) : IClassFixture<UsersFixture>
{
    private readonly string email = users.NewEmail();

    [Fact]
    public async Task Answers_tokens_that_say_who_is_calling()
    {
        var userId = await users.Register(email);

        var signedIn = (await users.TrySignIn(email.ToUpperInvariant())).Succeeded();

        signedIn.ExpiresIn.ShouldBe(3600);
        var principal = (await users.Authenticate($"Bearer {signedIn.AccessToken}")).Principal.ShouldNotBeNull();
        principal.FindFirstValue(ClaimTypes.NameIdentifier).ShouldBe(userId.ToString());
        principal.IsInRole(Roles.User).ShouldBeTrue();
        Guid.TryParse(principal.FindFirstValue(Caller.SessionClaim), out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Says_the_same_of_an_unknown_address_and_a_wrong_password()
    {
        await users.Register(email);

        var wrong = (await users.TrySignIn(email, "wrong password")).RefusedWith("users.sign-in-failed");
        var unknown = (await users.TrySignIn("nobody@example.com")).RefusedWith("users.sign-in-failed");

        unknown.ShouldBe(wrong);
    }

    [Fact]
    public async Task Locks_an_account_after_five_failures_and_opens_it_again_in_time()
    {
        await users.Register(email);
        for (var i = 0; i < 5; i++)
        {
            (await users.TrySignIn(email, "wrong password")).RefusedWith("users.sign-in-failed");
        }

        var lockedUntil = users.Clock.Now.AddMinutes(1);
        (await users.TrySignIn(email))
            .RefusedWith("users.locked-out")
            .Detail.ShouldContain(
                lockedUntil.AddSeconds(1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
            );

        await users.Advance(TimeSpan.FromMinutes(1));
        await users.SignIn(email);
    }

    [Fact]
    public async Task Begins_to_count_anew_after_a_success()
    {
        await users.Register(email);
        for (var i = 0; i < 9; i++)
        {
            var outcome = await users.TrySignIn(email, i == 4 ? UsersFixture.Password : "wrong password");
            (outcome.Error is null).ShouldBe(i == 4);
        }

        await users.SignIn(email);
    }

    [Fact]
    public async Task Looks_at_no_more_than_five_of_many_guesses_made_at_once()
    {
        await users.Register(email);

        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Task.Run(() => users.TrySignIn(email, "wrong password")))
        );

        CodesOf(outcomes)
            .Count(code => string.Equals(code, "users.sign-in-failed", StringComparison.Ordinal))
            .ShouldBe(5);
        CodesOf(outcomes).Count(code => string.Equals(code, "users.locked-out", StringComparison.Ordinal)).ShouldBe(15);
    }

    [Fact]
    public async Task Lets_one_account_in_many_times_at_once()
    {
        await users.Register(email);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => users.TrySignIn(email))));

        outcomes.ShouldAllBe(outcome => outcome.Error == null);
    }

    [Fact]
    public async Task Hashes_a_password_anew_when_the_settings_ask_for_more()
    {
        var userId = await users.Register(email);
        PasswordHasher<Account> weak = new(Options.Create(new PasswordHasherOptions { IterationCount = 1000 }));
        var old = weak.HashPassword(null!, UsersFixture.Password);
        await users.Sql.Execute("update credentials set password_hash = $1 where account_id = $2", old, userId);

        await users.SignIn(email);

        (
            await users.Sql.Value<long>(
                "select count(*) from credentials where account_id = $1 and password_hash <> $2",
                userId,
                old
            )
        ).ShouldBe(1);
        await users.SignIn(email);
    }

    [Fact]
    public async Task Clears_away_sessions_that_have_expired()
    {
        var userId = await users.Register(email);
        await users.SignIn(email);
        await users.Advance(TimeSpan.FromDays(14));

        await users.SignIn(email);

        (await users.Sql.Value<long>("select count(*) from sessions where account_id = $1", userId)).ShouldBe(1);
    }
}
