using BuildingBlocks.Modules;
using BuildingBlocks.Persistence;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Messaging;

internal static class EventLogRegistration
{
    public static void AddEventLog(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<EventLogOptions>().Bind(configuration.GetSection(EventLogOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<EventSignals>();
        services.AddSingleton<EventDispatcher>();
        services.AddSingleton<ParkedEventRetry>();
        services.AddSingleton<EventScheduler>();
        services.AddSingleton<CatchUp>();
        services.AddSingleton<ParkedEvents>();
        services.AddSingleton<EventLogService>();
        services.AddSingleton(provider => new SubscriptionMonitor(
            provider.GetRequiredService<ModuleCatalog>(), provider.GetRequiredService<ModuleDataSources>(), provider.GetRequiredService<EventLogService>()));
        services.AddHostedService(provider => provider.GetRequiredService<EventLogService>());
    }
}
