using BuildingBlocks.Modules;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BuildingBlocks.Messaging;

/// <summary>
/// Keeps the subscriptions, retries and appointments of all modules going while the Host runs. A stop lets the work at hand finish and
/// begins nothing new.
/// </summary>
internal sealed class EventLogService(
    ModuleCatalog catalog, EventSignals signals, IServiceProvider services, IOptions<EventLogOptions> options, ILogger<EventLogService> logger)
    : BackgroundService
{
    private readonly CancellationTokenSource abort = new();

    /// <summary>The workers by subscription, for health and operations.</summary>
    public IReadOnlyDictionary<Subscription, SubscriptionWorker> Workers { get; private set; } = new Dictionary<Subscription, SubscriptionWorker>();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // The Host's patience is the bound: what has not finished by then is rolled back, and done again after the next start.
        await using (cancellationToken.Register(abort.Cancel))
        {
            await base.StopAsync(cancellationToken);
        }
    }

    public override void Dispose()
    {
        abort.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = catalog.Descriptors.Select(module => module.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var idle in catalog.Subscriptions.Where(subscription => !running.Contains(subscription.Source)))
        {
            logger.SourceNotEnabled(idle.Name, idle.Source);
        }

        Workers = catalog.Subscriptions.Where(subscription => running.Contains(subscription.Source))
            .ToDictionary(subscription => subscription, subscription => ActivatorUtilities.CreateInstance<SubscriptionWorker>(services, subscription));
        var subscriptions = Workers.Select(worker => RunAsync(
            $"Subscription {worker.Key}",
            signals.Listen(worker.Key.Source),
            async token => await worker.Value.StepAsync(token) == StepOutcome.Moved,
            stoppingToken));
        var timers = catalog.Descriptors.SelectMany(module => new[]
        {
            RunAsync($"Retry of {module.Name}", new(), services.GetRequiredService<ParkedEventRetry>().For(module), stoppingToken),
            RunAsync($"Schedule of {module.Name}", new(), services.GetRequiredService<EventScheduler>().For(module), stoppingToken),
        });
        return Task.WhenAll(subscriptions.Concat(timers).ToArray());
    }

    /// <summary>Steps as long as there is something to do, then waits for the signal or the next poll; failures only slow it down.</summary>
    private async Task RunAsync(string work, Signal signal, Func<CancellationToken, Task<bool>> step, CancellationToken stoppingToken)
    {
        // Off the thread that starts the Host: the first steps of all loops are not to delay it.
        await Task.Yield();
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = TimeSpan.Zero;
            try
            {
                pause = await step(abort.Token) ? TimeSpan.Zero : options.Value.PollInterval;
                failures = 0;
            }
            catch (OperationCanceledException) when (abort.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The loop must outlive any failure: it is logged, and tried again after a growing pause.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                pause = options.Value.PauseAfter(++failures);
                pause = pause < MaxPause ? pause : MaxPause;
                logger.WorkFailed(failure, work, failures, pause);
            }

            if (pause > TimeSpan.Zero)
            {
                await PauseAsync(signal, pause, stoppingToken);
            }
        }
    }

    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    private static async Task PauseAsync(Signal signal, TimeSpan pause, CancellationToken stoppingToken)
    {
        try
        {
            await signal.Wait(pause, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The Host stops; the loop sees it.
        }
    }
}
