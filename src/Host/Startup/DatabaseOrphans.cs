using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using BuildingBlocks.Database;
using BuildingBlocks.Database.References;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;

namespace Host.Startup;

/// <summary>Looks for ids that cross the walls and lead nowhere.</summary>
internal static class DatabaseOrphans
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
        OrphanScanner scanner = new(
            [.. app.Services.GetRequiredService<ModuleCatalog>().Modules],
            app.Services.GetRequiredService<ModuleDataSources>(),
            app.Services.GetRequiredService<TimeProvider>()
        );
        var scanned = await scanner.ScanAsync(cancellationToken);
        await Terminal.Output.WriteLineAsync(asJson ? JsonSerializer.Serialize(scanned, Json) : Text(scanned));
        if (scanned.Orphans.Count > 0)
        {
            throw new StartupException(
                string.Create(CultureInfo.InvariantCulture, $"References with orphans: {scanned.Orphans.Count}.")
            );
        }
    }

    private static string Text(ScannedReferences scanned)
    {
        string[] lines =
        [
            .. scanned.Orphans.Select(orphans => $"- {orphans}"),
            .. scanned.NotLookedAt.Count > 0
                ?
                [
                    "Not looked at, for what they refer to does not run in this Host: "
                        + $"{string.Join(", ", scanned.NotLookedAt)}.",
                ]
                : Array.Empty<string>(),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{scanned.References} references with {scanned.Ids} different ids looked "
                    + $"at{(scanned.Orphans.Count == 0 ? "; every id is known." : ".")}"
            ),
        ];
        return string.Join(Environment.NewLine, lines);
    }
}
