using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Users.Domain;

namespace Users.Security;

/// <summary>Hashes and verifies passwords, taking as long for an account that does not exist. Thread-safe.</summary>
internal sealed class Passwords(PasswordHasher<Account> hasher)
{
    // Nobody's password; made once, so that an unknown address costs the same work as a wrong password.
    private readonly string decoy = hasher.HashPassword(
        user: null!,
        Convert.ToHexString(RandomNumberGenerator.GetBytes(32))
    );

    public string Hash(string password) => hasher.HashPassword(user: null!, password);

    /// <param name="hash">Null when there is no such account; fails then, but not sooner.</param>
    /// <param name="password">As typed.</param>
    public PasswordVerificationResult Verify(string? hash, string password)
    {
        var result = hasher.VerifyHashedPassword(user: null!, hash ?? decoy, password);
        return hash is null ? PasswordVerificationResult.Failed : result;
    }
}
