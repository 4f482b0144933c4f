using BuildingBlocks.EventLog.Monitoring;
using BuildingBlocks.Modules;
using Microsoft.Extensions.Options;

namespace Host.Startup;

/// <summary>
/// Loads the demo data when everything but the web server runs, because one module's demo data builds on what another's
/// published, and waits until what is new has arrived everywhere: whoever reads the banner can place an order at once.
/// </summary>
internal sealed partial class DemoData(
    IOptions<DemoOptions> demo,
    IServiceScopeFactory scopes,
    SubscriptionMonitor subscriptions,
    TimeProvider clock,
    ILogger<DemoData> logger
) : IHostedService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!demo.Value.Enabled)
        {
            return;
        }

        await using (var scope = scopes.CreateAsyncScope())
        {
            if (!await scope.ServiceProvider.GetRequiredService<DemoDataLoader>().LoadAsync(cancellationToken))
            {
                // A later start need not wait for orders that a killed Host left half done; they go on while it
                // listens.
                return;
            }
        }

        var startedAt = clock.GetTimestamp();
        while ((await subscriptions.ReadAsync(consumer: null, cancellationToken)).Any(one => one.Pending > 0))
        {
            if (clock.GetElapsedTime(startedAt) > Patience)
            {
                LogStillArriving();
                return;
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        LogLevel.Warning,
        "The demo data is loaded but has not arrived in all modules yet; see GET /health/ready."
    )]
    private partial void LogStillArriving();
}
