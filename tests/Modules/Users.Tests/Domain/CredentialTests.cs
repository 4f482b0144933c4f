using Users.Domain;

namespace Users.Tests.Domain;

public sealed class CredentialTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);
    private static readonly int[] MinutesLocked = [2, 4, 8, 16, 32, 60, 60];
    private readonly UsersOptions options = new();
    private readonly Credential credential = Credential.For(Guid.CreateVersion7(Now), "hash");

    [Fact]
    public void Locks_with_the_fifth_failure_in_a_row()
    {
        Fail(4, Now);
        credential.LockedUntil.ShouldBeNull();

        Fail(1, Now);

        credential.LockedUntil.ShouldBe(Now + options.FirstLockOut);
    }

    [Fact]
    public void Refuses_even_the_right_password_while_locked_and_says_until_when()
    {
        Fail(5, Now);

        var refusal = credential.Attempt(passwordMatches: true, options, Now.AddSeconds(59)).Error.ShouldNotBeNull();

        refusal.Code.ShouldBe("users.locked-out");
        refusal.Detail.ShouldContain("2026-05-04T03:03:02Z");
    }

    [Fact]
    public void Does_not_count_attempts_made_while_locked()
    {
        Fail(5, Now);

        credential.Attempt(passwordMatches: false, options, Now).Error!.Code.ShouldBe("users.locked-out");

        credential.FailedSignIns.ShouldBe(5);
    }

    [Fact]
    public void Takes_the_right_password_when_the_lock_is_over_and_counts_anew()
    {
        Fail(5, Now);

        credential.Attempt(passwordMatches: true, options, Now + options.FirstLockOut).Error.ShouldBeNull();

        credential.FailedSignIns.ShouldBe(0);
        credential.LockedUntil.ShouldBeNull();
    }

    [Fact]
    public void Doubles_the_lock_with_each_further_failure_up_to_the_longest()
    {
        Fail(5, Now);
        List<TimeSpan> locks = [];
        for (var i = 0; i < 40; i++)
        {
            var after = credential.LockedUntil!.Value;
            credential.Attempt(passwordMatches: false, options, after).Error.ShouldBe(AccountErrors.SignInFailed);
            locks.Add(credential.LockedUntil.Value - after);
        }

        locks.Take(MinutesLocked.Length).ShouldBe(MinutesLocked.Select(minutes => TimeSpan.FromMinutes(minutes)));
        locks[^1].ShouldBe(options.LongestLockOut);
    }

    private void Fail(int times, DateTimeOffset now)
    {
        for (var i = 0; i < times; i++)
        {
            credential.Attempt(passwordMatches: false, options, now).Error.ShouldBe(AccountErrors.SignInFailed);
        }
    }
}
