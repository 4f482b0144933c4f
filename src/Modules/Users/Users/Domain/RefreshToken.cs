using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Users.Domain;

/// <summary>
/// A promise to prolong a session once. Only the hash of the secret is kept: who reads the table cannot sign in with
/// it.
/// </summary>
internal sealed class RefreshToken
{
    private const int SecretBytes = 32;

    private RefreshToken() { }

    /// <summary>
    /// SHA-256 of the secret. No salt and no stretching: the secret has 256 random bits, which nobody guesses.
    /// </summary>
    public byte[] Hash { get; private set; } = [];

    public Guid SessionId { get; private set; }

    public DateTimeOffset IssuedAt { get; private set; }

    public DateTimeOffset ExpiresAt { get; private set; }

    /// <summary>When it was first taken back for a new one.</summary>
    public DateTimeOffset? UsedAt { get; private set; }

    public static RefreshToken Issue(Guid sessionId, DateTimeOffset now, DateTimeOffset expiresAt, out string secret)
    {
        secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        return new()
        {
            Hash = HashOf(secret),
            SessionId = sessionId,
            IssuedAt = now,
            ExpiresAt = expiresAt,
        };
    }

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    public void MarkUsed(DateTimeOffset now) => UsedAt ??= now;
}
