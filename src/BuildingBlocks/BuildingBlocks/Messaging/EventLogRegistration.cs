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
        services.AddSingleton<EventLogService>();
        services.AddHostedService(provider => provider.GetRequiredService<EventLogService>());
    }
}
