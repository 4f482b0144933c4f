using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.EventLog.Freshness;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Maintenance;
using BuildingBlocks.EventLog.Monitoring;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Rebuild;
using BuildingBlocks.EventLog.Sagas;
using BuildingBlocks.EventLog.Signals;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace BuildingBlocks.EventLog;

/// <summary>Registers the event log.</summary>
public static class EventLogRegistration
{
    /// <summary>
    /// Registers the event log for a program that uses nothing else of the building blocks. It runs while the program's
    /// host runs.
    /// </summary>
    /// <param name="services">The program's.</param>
    /// <param name="configuration">Section <c>EventLog</c> holds <see cref="EventLogOptions"/>.</param>
    /// <param name="configure">Names the modules.</param>
    /// <exception cref="StartupException">The modules do not fit together.</exception>
    public static void AddEventLog(
        this IServiceCollection services,
        IConfiguration configuration,
        Action<EventLogBuilder> configure
    )
    {
        EventLogBuilder builder = new(services);
        configure(builder);
        builder.Register();
        services.AddEventLog(configuration);
    }

    /// <summary>
    /// Registers what publishes, delivers and watches over events. Whoever calls it registers
    /// <see cref="EventLogCatalog"/>, <see cref="Events.EventCatalog"/> and <see cref="IModulePools"/>, and each
    /// module's DbContext and reactions.
    /// </summary>
    internal static void AddEventLog(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<EventLogOptions>()
            .Bind(configuration.GetSection(EventLogOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddSingleton<TimeProvider>(new DatabaseClock(TimeProvider.System));
        services.AddSingleton<OutageLog>();
        services.AddSingleton<PublishedEventsInterceptor>();
        services.AddSingleton<PoisonedConnections>();
        services.AddScoped<AmbientTransaction>();
        services.AddScoped<SagaCancellation>();
        services.AddSingleton<EventSignals>();
        services.AddSingleton<FeedFreshness>();
        services.AddSingleton<EventDispatcher>();
        services.AddSingleton<ParkedEventRetry>();
        services.AddSingleton<EventScheduler>();
        services.AddSingleton<OutboxRetention>();
        services.AddSingleton(provider => new CatchUp(
            provider.GetRequiredService<EventLogCatalog>(),
            provider.GetRequiredService<IModulePools>(),
            provider.GetRequiredService<EventSignals>(),
            provider.GetRequiredService<IOptions<EventLogOptions>>()
        ));
        services.AddSingleton<ProjectionRebuild>();
        services.AddSingleton<OutboxMonitor>();
        services.AddSingleton<EventLogSupervisor>();
        services.AddSingleton(provider => new SubscriptionMonitor(
            provider.GetRequiredService<EventLogCatalog>(),
            provider.GetRequiredService<IModulePools>(),
            RunnersOf(provider)
        ));
        services.AddSingleton(provider => new ModuleFreshness(RunnersOf(provider)));
        services.AddHostedService<ClockSynchronization>();
        services.AddHostedService(provider =>
            ActivatorUtilities.CreateInstance<HostWakeUps>(
                provider,
                (object)provider.GetRequiredService<EventLogCatalog>().Outboxes.ToArray()
            )
        );
        services.AddHostedService(provider => provider.GetRequiredService<EventLogSupervisor>());
    }

    private static Func<IReadOnlyList<SubscriptionRunner>> RunnersOf(IServiceProvider provider)
    {
        var service = provider.GetRequiredService<EventLogSupervisor>();
        return () => service.Runners;
    }
}
