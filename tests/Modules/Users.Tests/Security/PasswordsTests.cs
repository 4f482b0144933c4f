using Microsoft.AspNetCore.Identity;
using Users.Domain;
using Users.Security;

namespace Users.Tests.Security;

public sealed class PasswordsTests
{
    [Fact]
    public void Do_the_same_work_for_an_account_that_does_not_exist()
    {
        CountingHasher hasher = new();
        Passwords passwords = new(hasher);
        var hash = passwords.Hash("correct horse battery");

        passwords.Verify(hash, "wrong password").ShouldBe(PasswordVerificationResult.Failed);
        passwords.Verify(hash: null, "wrong password").ShouldBe(PasswordVerificationResult.Failed);

        hasher.Verified.Count.ShouldBe(2);
        hasher.Verified[1].Length.ShouldBe(hasher.Verified[0].Length, "a hash of the same format and cost");
    }

    private sealed class CountingHasher : PasswordHasher<Account>
    {
        public List<string> Verified { get; } = [];

        public override PasswordVerificationResult VerifyHashedPassword(
            Account user,
            string hashedPassword,
            string providedPassword
        )
        {
            Verified.Add(hashedPassword);
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
