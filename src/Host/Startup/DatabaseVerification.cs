using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using BuildingBlocks.Database;
using BuildingBlocks.Database.Verification;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;

namespace Host.Startup;

/// <summary>
/// Verifies that the walls stand in the live database: as a command, and at every start in Development.
/// </summary>
internal static class DatabaseVerification
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Tells what was found on standard output.</summary>
    /// <exception cref="StartupException">Something was found, which makes the exit code 1.</exception>
    public static async Task RunAsync(WebApplication app, bool asJson, CancellationToken cancellationToken)
    {
        await using HostDatabase database = new();
        await database.FindAsync(app, cancellationToken);
        var verified = await VerifyAsync(app, cancellationToken);
        await Terminal.Output.WriteLineAsync(
            asJson ? JsonSerializer.Serialize(verified, Json) : Text(verified, database.Server)
        );
        if (verified.Findings.Count > 0)
        {
            throw new StartupException(Summary(verified));
        }
    }

    /// <exception cref="StartupException">A wall has a hole; every finding is listed.</exception>
    public static async Task EnsureSoundAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var verified = await VerifyAsync(app, cancellationToken);
        if (verified.Findings.Count > 0)
        {
            throw new StartupException(
                "The database does not keep the modules apart. "
                    + $"{Summary(verified)}{Environment.NewLine}{Listed(verified)}"
            );
        }
    }

    private static Task<VerifiedDatabase> VerifyAsync(WebApplication app, CancellationToken cancellationToken) =>
        new DatabaseVerifier(
            [.. app.Services.GetRequiredService<ModuleCatalog>().Schemas],
            app.Services.GetRequiredService<ModuleDataSources>(),
            Installation.Prefix(app.Configuration)
        ).VerifyAsync(cancellationToken);

    private static string Text(VerifiedDatabase verified, string server) =>
        verified.Findings.Count > 0
            ? Listed(verified)
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{server}: {verified.Modules} modules, {verified.Attempts} forbidden statements tried as their roles "
                    + $"and refused. All walls stand."
            );

    private static string Listed(VerifiedDatabase verified) =>
        string.Join(Environment.NewLine, verified.Findings.Select(finding => $"- {finding}"));

    private static string Summary(VerifiedDatabase verified) =>
        string.Create(CultureInfo.InvariantCulture, $"Findings: {verified.Findings.Count}.");
}
