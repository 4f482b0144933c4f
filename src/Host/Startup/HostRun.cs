using System.Diagnostics;

namespace Host.Startup;

/// <summary>One run of the Host, from its settings to its end.</summary>
internal static class HostRun
{
    public static async Task RunAsync(Func<string[], WebApplication> compose, string[] settings, CancellationToken stop)
    {
        var startedAt = Stopwatch.GetTimestamp();

        // Declared before the application, so that PostgreSQL stops after everything that uses it.
        await using HostDatabase database = new();
        await using var app = compose(settings);

        Installation.Validate(app);
        Addresses.EnsureFree(app.Configuration);
        await database.GetReadyAsync(app, stop);
        if (app.Environment.IsDevelopment())
        {
            await DatabaseVerification.EnsureSoundAsync(app, stop);
        }

        var signIns = DemoSignIns.Prepare(app.Configuration, database.IsEmbedded);
        await app.StartAsync(stop);
        await Banner.ShowAsync(app, database, signIns, Stopwatch.GetElapsedTime(startedAt));
        await Task.WhenAll(KeepDatabaseRunningAsync(app, database), app.WaitForShutdownAsync(CancellationToken.None));
    }

    /// <summary>
    /// The Host ends, with a message that says why, when its PostgreSQL has ended and cannot be started again.
    /// </summary>
    private static async Task KeepDatabaseRunningAsync(WebApplication app, HostDatabase database)
    {
        try
        {
            await database.KeepRunningAsync(app.Lifetime.ApplicationStopping);
        }
        catch
        {
            app.Lifetime.StopApplication();
            throw;
        }
    }
}
