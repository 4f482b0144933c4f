using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BuildingBlocks.Persistence;

/// <summary>The generated passwords of an installation's roles, in a file that only its user can read.</summary>
public sealed class RolePasswords
{
    private readonly Dictionary<string, string> passwords;
    private readonly string path;

    private RolePasswords(string path, Dictionary<string, string> passwords) => (this.path, this.passwords) = (path, passwords);

    /// <summary>Reads the file, or begins an empty set when there is none.</summary>
    /// <exception cref="JsonException">The file is damaged.</exception>
    public static async Task<RolePasswords> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return new(path, new(StringComparer.Ordinal));
        }

        await using var file = File.OpenRead(path);
        return new(path, await JsonSerializer.DeserializeAsync<Dictionary<string, string>>(file, cancellationToken: cancellationToken) ?? []);
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

    /// <summary>Writes the file beside itself and swaps it in, so that a crash leaves the old or the new one.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = path + ".new";
        File.Delete(temporary);
        FileStreamOptions onlyOurs = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            onlyOurs.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (FileStream file = new(temporary, onlyOurs))
        {
            await JsonSerializer.SerializeAsync(file, passwords, cancellationToken: cancellationToken);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>What the server stores instead of the password (RFC 5803), so that the password itself never appears in a statement or a log.</summary>
    internal static string ScramVerifier(string password)
    {
        const int Iterations = 4096;
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, 32);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}";
    }
}
