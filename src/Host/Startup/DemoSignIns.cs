using System.Security.Cryptography;
using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;

namespace Host.Startup;

/// <summary>
/// The demo accounts of this installation; passwords that were configured are known to whoever configured them and not
/// shown.
/// </summary>
/// <param name="AdminPassword">Null when configured.</param>
/// <param name="CustomerPassword">Null when configured.</param>
internal sealed record DemoSignIns(
    string AdminEmail,
    string? AdminPassword,
    string CustomerEmail,
    string? CustomerPassword
)
{
    // Letters and digits that cannot be taken for one another: 24 of them make more than 130 bits.
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private const int Length = 24;

    private sealed record Passwords(string Admin, string Customer);

    /// <summary>Reads the generated passwords where they may be needed, before anything is started or made.</summary>
    /// <exception cref="StartupException">A setting is wrong, or their file is there but cannot be read.</exception>
    public static void Validate(IConfiguration configuration, ModuleCatalog catalog)
    {
        var section = configuration.GetSection(DemoOptions.Section);
        var demo = section.Get<DemoOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new();
        if (!section.GetValue(nameof(DemoOptions.Enabled), true))
        {
            return;
        }

        if (DemoDataLoader.FaultsOf(catalog, demo) is { Count: > 0 } faults)
        {
            throw new StartupException(string.Join(' ', faults));
        }

        if (!AreConfigured(demo))
        {
            _ = Kept(FileOf(configuration));
            KeptFile.EnsureNothingElse(KeptFile.Staged(FileOf(configuration)));
        }
    }

    /// <summary>Decides whether there is a demo, and completes its settings for the modules.</summary>
    /// <param name="configuration">Gets what was not configured.</param>
    /// <param name="byDefault">Whether there is a demo when <c>Demo:Enabled</c> does not say.</param>
    /// <returns>Null when the demo is off.</returns>
    public static DemoSignIns? Prepare(IConfiguration configuration, bool byDefault)
    {
        var section = configuration.GetSection(DemoOptions.Section);
        if (!section.GetValue(nameof(DemoOptions.Enabled), byDefault))
        {
            return null;
        }

        var demo = section.Get<DemoOptions>() ?? new();
        var generated = AreConfigured(demo) ? new("", "") : Generated(FileOf(configuration));
        section[nameof(DemoOptions.Enabled)] = bool.TrueString;
        return new(
            demo.AdminEmail,
            Complete(nameof(DemoOptions.AdminPassword), demo.AdminPassword, generated.Admin),
            demo.CustomerEmail,
            Complete(nameof(DemoOptions.CustomerPassword), demo.CustomerPassword, generated.Customer)
        );

        string? Complete(string setting, string configured, string made)
        {
            if (configured.Length > 0)
            {
                return null;
            }

            return section[setting] = made;
        }
    }

    private static Passwords Generated(string path)
    {
        if (Kept(path) is { } kept)
        {
            return kept;
        }

        Passwords made = new(
            RandomNumberGenerator.GetString(Alphabet, Length),
            RandomNumberGenerator.GetString(Alphabet, Length)
        );
        KeptFile.Stage(path, made);
        KeptFile.Publish(path);
        return made;
    }

    private static Passwords? Kept(string path)
    {
        const string Remedy = "Restore or delete it, and set Demo__AdminPassword and Demo__CustomerPassword.";
        return KeptFile.Read<Passwords>(path, Remedy) is not { } kept ? null
            : string.IsNullOrEmpty(kept.Admin) || string.IsNullOrEmpty(kept.Customer)
                ? throw new StartupException($"{path} is damaged (a password is missing). {Remedy}")
            : kept;
    }

    private static string FileOf(IConfiguration configuration) =>
        Path.Combine(Installation.DataFolder(configuration), "demo-sign-ins.json");

    private static bool AreConfigured(DemoOptions demo) =>
        demo.AdminPassword.Length > 0 && demo.CustomerPassword.Length > 0;
}
