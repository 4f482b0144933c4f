using System.Globalization;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Maintenance;
using BuildingBlocks.Modules;

namespace Host.Startup;

/// <summary>
/// Makes event logs that came from another server with a dump fit for the one they are on; see
/// docs/guides/operations.md.
/// </summary>
internal static class DatabaseRepair
{
    /// <summary>Tells on standard output what was repaired.</summary>
    /// <exception cref="StartupException">There is no administrator, or the server cannot be used.</exception>
    public static async Task RunAsync(WebApplication app, CancellationToken cancellationToken)
    {
        await using HostDatabase database = new();
        var administrator = await database.AdministratorAsync(app.Services, cancellationToken);
        var catalog = app.Services.GetRequiredService<ModuleCatalog>();
        var repaired = await EventLogRepair.RepairAsync(
            administrator,
            [.. catalog.Modules.Select(module => module.Name)],
            [.. catalog.Shadows.Select(shadow => shadow.Name)],
            cancellationToken
        );
        foreach (var (module, events) in repaired)
        {
            await Terminal.Output.WriteLineAsync(
                string.Create(CultureInfo.InvariantCulture, $"{module}: {events} events belong to this server now.")
            );
        }

        await Terminal.Output.WriteLineAsync(
            repaired.Count == 0
                ? "Nothing to repair: every event and checkpoint lies in this server's past."
                : "Checkpoints moved along: what had been applied stays applied, what had not will be."
        );
    }
}
