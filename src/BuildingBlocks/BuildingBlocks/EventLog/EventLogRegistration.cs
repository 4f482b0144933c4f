using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Freshness;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Maintenance;
using BuildingBlocks.EventLog.Monitoring;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Rebuild;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.Modules;
using BuildingBlocks.Operations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BuildingBlocks.EventLog;

internal static class EventLogRegistration
{
    public static void AddEventLog(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<EventLogOptions>().Bind(configuration.GetSection(EventLogOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<EventSignals>();
        services.AddSingleton<EventDispatcher>();
        services.AddSingleton<ParkedEventRetry>();
        services.AddSingleton<EventScheduler>();
        services.AddSingleton<OutboxRetention>();
        services.AddSingleton(provider => new CatchUp(
            provider.GetRequiredService<ModuleCatalog>(),
            provider.GetRequiredService<ModuleDataSources>(),
            provider.GetRequiredService<EventSignals>(),
            provider.GetRequiredService<IOptions<EventLogOptions>>()));
        services.AddSingleton<ParkedEvents>();
        services.AddSingleton<OutboxMonitor>();
        services.AddSingleton<EventLogService>();
        services.AddSingleton(provider => new SubscriptionMonitor(
            provider.GetRequiredService<ModuleCatalog>(), provider.GetRequiredService<ModuleDataSources>(), provider.GetRequiredService<EventLogService>()));
        services.AddSingleton(provider => new ModuleFreshness(provider.GetRequiredService<EventLogService>()));
        services.AddSingleton(provider => new ProjectionRebuild(
            provider.GetRequiredService<ModuleCatalog>(),
            provider.GetRequiredService<ModuleDataSources>(),
            provider.GetRequiredService<EventSignals>(),
            provider,
            provider.GetRequiredService<ILogger<ProjectionRebuild>>()));
        services.AddSingleton(provider => new SubscriptionControl(
            provider.GetRequiredService<ModuleCatalog>(),
            provider.GetRequiredService<ModuleDataSources>(),
            provider.GetRequiredService<EventSignals>(),
            provider.GetRequiredService<ILogger<SubscriptionControl>>()));
        services.AddHostedService<ClockSynchronization>();
        services.AddHostedService<HostWakeUps>();
        services.AddHostedService(provider => provider.GetRequiredService<EventLogService>());
    }
}
