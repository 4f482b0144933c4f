using BuildingBlocks.Modules;

namespace Host.Startup;

/// <summary>
/// Work of a command that needs all that runs in a Host, beside other Hosts on the same database or alone, and listens
/// to nobody.
/// </summary>
internal static class ModuleWork
{
    /// <summary>
    /// What a person sees is the progress; warnings are shown all the same. Given settings come after these and win.
    /// </summary>
    private static readonly string[] Quiet = ["--Host:Listens", "false", "--Logging:LogLevel:Default", "Warning"];

    public static async Task RunAsync(
        Func<string[], WebApplication> compose,
        string[] settings,
        Func<IServiceProvider, Task> work,
        CancellationToken stop
    )
    {
        await using HostDatabase database = new();
        await using var app = compose([.. Quiet, .. settings]);
        Installation.Validate(app);
        await database.GetReadyAsync(app, stop);
        if (database.Connections is { } settled)
        {
            await Terminal.Errors.WriteLineAsync($"Connections: {settled}.");
        }

        app.Configuration[$"{DemoOptions.Section}:{nameof(DemoOptions.Enabled)}"] = bool.FalseString;
        await app.StartAsync(stop);
        try
        {
            await work(app.Services);
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
        }
    }
}
