using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BuildingBlocks.EventLog.Hosting;

namespace BuildingBlocks.Database;

/// <summary>The generated passwords of an installation's roles, in a file that only its user can read.</summary>
public sealed class RolePasswords
{
    private const string Remedy =
        "Restore the file, give the Host's user access to it, or correct Database:PasswordFile; when it is deleted, "
        + "an administrator's 'database provision' gives every role a new password.";

    private Dictionary<string, string> passwords;

    private RolePasswords(string path, Dictionary<string, string> passwords) =>
        (Path, this.passwords) = (path, passwords);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Reads the file, or begins an empty set when there is none.</summary>
    /// <exception cref="StartupException">The file cannot be read.</exception>
    public static RolePasswords Read(string path) => new(path, Load(path));

    /// <summary>Discards what was read and made here, and reads again: another process may have been first.</summary>
    public void Reload()
    {
        var made = passwords;
        passwords = Load(Path);
        foreach (var (role, password) in made)
        {
            passwords.TryAdd(role, password);
        }
    }

    /// <summary>The role's password; makes one (256 bits) when there is none yet.</summary>
    public string Of(string role)
    {
        if (!passwords.TryGetValue(role, out var password))
        {
            passwords[role] = password = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        }

        return password;
    }

    /// <summary>Makes another password of the role; the file has it with the next save.</summary>
    public string Renew(string role) => passwords[role] = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Writes the file beside itself and swaps it in, so that a crash leaves the old or the new one.</summary>
    /// <exception cref="StartupException">The file cannot be written.</exception>
    public void Save()
    {
        Stage();
        Publish();
    }

    /// <summary>Writes the file beside itself.</summary>
    internal void Stage() => KeptFile.Stage(Path, passwords);

    /// <summary>Swaps in what was written beside.</summary>
    internal void Publish() => KeptFile.Publish(Path);

    /// <summary>Whether this is the password behind what the server stores.</summary>
    internal static bool Matches(string? verifier, string password)
    {
        if (
            verifier?.Split('$', ':') is not ["SCRAM-SHA-256", var iterations, var salt, var stored, _]
            || !int.TryParse(iterations, CultureInfo.InvariantCulture, out var count)
        )
        {
            return false;
        }

        var salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password),
            Convert.FromBase64String(salt),
            count,
            HashAlgorithmName.SHA256,
            32
        );
        return CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8)),
            Convert.FromBase64String(stored)
        );
    }

    /// <summary>
    /// What the server stores instead of the password (RFC 5803), so that the password itself never appears in a
    /// statement or a log.
    /// </summary>
    internal static string ScramVerifier(string password)
    {
        const int Iterations = 4096;
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password),
            salt,
            Iterations,
            HashAlgorithmName.SHA256,
            32
        );
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}"
            + $"${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}";
    }

    private static Dictionary<string, string> Load(string path)
    {
        KeptFile.EnsureNothingElse([KeptFile.Staged(path), .. PasswordGate.FilesOf(path)]);
        var kept = KeptFile.Read<Dictionary<string, string?>>(path, Remedy) ?? [];
        return kept.FirstOrDefault(one => string.IsNullOrEmpty(one.Value)).Key is { } empty
            ? throw new StartupException($"{path} has no password for role '{empty}'. {Remedy}")
            : kept.ToDictionary(one => one.Key, one => one.Value!, StringComparer.Ordinal);
    }
}
