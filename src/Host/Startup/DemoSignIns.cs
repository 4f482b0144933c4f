using System.Security.Cryptography;
using System.Text.Json;
using BuildingBlocks.Modules;

namespace Host.Startup;

/// <summary>The demo accounts of this installation; passwords that were configured are known to whoever configured them and not shown.</summary>
/// <param name="AdminPassword">Null when configured.</param>
/// <param name="CustomerPassword">Null when configured.</param>
internal sealed record DemoSignIns(string AdminEmail, string? AdminPassword, string CustomerEmail, string? CustomerPassword)
{
    // Letters and digits that cannot be taken for one another: 24 of them make more than 130 bits.
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private const int Length = 24;

    private sealed record Passwords(string Admin, string Customer);

    /// <summary>Decides whether there is a demo, and completes its settings for the modules.</summary>
    /// <param name="configuration">Gets what was not configured.</param>
    /// <param name="byDefault">Whether there is a demo when <c>Demo:Enabled</c> does not say.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when the demo is off.</returns>
    public static async Task<DemoSignIns?> PrepareAsync(IConfiguration configuration, bool byDefault, CancellationToken cancellationToken)
    {
        var section = configuration.GetSection(DemoOptions.Section);
        if (!section.GetValue(nameof(DemoOptions.Enabled), byDefault))
        {
            return null;
        }

        var demo = section.Get<DemoOptions>() ?? new();
        var generated = demo.AdminPassword.Length > 0 && demo.CustomerPassword.Length > 0
            ? new("", "")
            : await GeneratedAsync(Path.Combine(Installation.DataFolder(configuration), "demo-sign-ins.json"), cancellationToken);
        section[nameof(DemoOptions.Enabled)] = bool.TrueString;
        return new(
            demo.AdminEmail,
            Complete(nameof(DemoOptions.AdminPassword), demo.AdminPassword, generated.Admin),
            demo.CustomerEmail,
            Complete(nameof(DemoOptions.CustomerPassword), demo.CustomerPassword, generated.Customer));

        string? Complete(string setting, string configured, string made)
        {
            if (configured.Length > 0)
            {
                return null;
            }

            return section[setting] = made;
        }
    }

    private static async Task<Passwords> GeneratedAsync(string path, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            try
            {
                await using var file = File.OpenRead(path);
                return await JsonSerializer.DeserializeAsync<Passwords>(file, JsonSerializerOptions.Web, cancellationToken)
                    ?? throw new JsonException("It is empty.");
            }
            catch (JsonException damaged)
            {
                throw new StartupException($"{path} is damaged ({damaged.Message}). Delete it and set Demo__AdminPassword and Demo__CustomerPassword.", damaged);
            }
        }

        Passwords made = new(RandomNumberGenerator.GetString(Alphabet, Length), RandomNumberGenerator.GetString(Alphabet, Length));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        FileStreamOptions onlyOurs = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            onlyOurs.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // Written beside and swapped in, so that a crash leaves no half of it.
        var temporary = path + ".new";
        File.Delete(temporary);
        await using (FileStream file = new(temporary, onlyOurs))
        {
            await JsonSerializer.SerializeAsync(file, made, JsonSerializerOptions.Web, cancellationToken);
        }

        File.Move(temporary, path);
        return made;
    }
}
