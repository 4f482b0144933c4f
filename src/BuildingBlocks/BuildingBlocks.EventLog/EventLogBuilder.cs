using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BuildingBlocks.EventLog;

/// <summary>
/// Names the modules of a program that uses the event log alone: who publishes what, and who reacts to it.
/// </summary>
public sealed class EventLogBuilder
{
    private readonly IServiceCollection services;
    private readonly List<EventLogModuleBuilder> modules = [];

    internal EventLogBuilder(IServiceCollection services) => this.services = services;

    /// <summary>Adds a module; its schema exists and is migrated (<see cref="Migrations.EventLogSchema"/>).</summary>
    /// <typeparam name="TContext">The DbContext of its schema; injected where the module publishes.</typeparam>
    /// <param name="name">Of the module and its schema: 1 to 30 lower-case letters, digits and underscores.</param>
    /// <param name="connectionString">Signs in as the role that the module runs as.</param>
    /// <exception cref="ArgumentException">The name cannot be that of a schema, or is taken.</exception>
    public EventLogModuleBuilder Module<TContext>(string name, string connectionString)
        where TContext : ModuleDbContext
    {
        if (!ModuleName.IsValid(name) || modules.Exists(one => string.Equals(one.Name, name, StringComparison.Ordinal)))
        {
            throw new ArgumentException(
                $"'{name}' cannot name a module: it takes {ModuleName.Rule}, and no two modules share a name.",
                nameof(name)
            );
        }

        services.AddModuleDbContext<TContext>(name);
        EventLogModuleBuilder module = new(services, name, connectionString, typeof(TContext));
        modules.Add(module);
        return module;
    }

    internal void Register()
    {
        EventCatalog events = new();
        Dictionary<Type, string> sources = [];
        foreach (var (module, type) in modules.SelectMany(module => module.Published, (module, type) => (module, type)))
        {
            if (!sources.TryAdd(type, module.Name))
            {
                throw new StartupException(
                    $"{type.Name} is published by {sources[type]} and by {module.Name}; keep one."
                );
            }

            if (events.Add(type) is { } other)
            {
                throw new StartupException(
                    $"{type.Name} and {other.Name} are both {EventName.Of(other)} on the wire; give one another name "
                        + "or version."
                );
            }
        }

        var logged = modules.ToDictionary(module => module, module => module.ForLog());
        if (logged.Values.SelectMany(module => module.OutboundFaults).FirstOrDefault() is { } fault)
        {
            throw new StartupException(fault);
        }

        services.AddSingleton(events);
        services.AddSingleton(
            new EventLogCatalog(
                [.. logged.Values],
                [.. logged.Values.SelectMany(consumer => SubscriptionsOf(consumer, sources))],
                readsElsewhere: false,
                shadows: []
            )
        );
        var connectionStrings = modules.ToDictionary(
            module => module.Name,
            module => module.ConnectionString,
            StringComparer.Ordinal
        );
        services.AddSingleton<IModulePools>(provider => new EventLogPools(
            connectionStrings,
            provider.GetRequiredService<ILoggerFactory>()
        ));
    }

    private static IEnumerable<Subscription> SubscriptionsOf(LogModule consumer, Dictionary<Type, string> sources) =>
        new[]
        {
            (Events: consumer.ConsumedEvents, IsOutbound: false),
            (Events: consumer.OutboundEvents, IsOutbound: true),
        }.SelectMany(kind =>
            kind.Events.GroupBy(type => SourceOf(consumer, type, sources), StringComparer.Ordinal)
                .Select(events => new Subscription(
                    consumer,
                    events.Key,
                    [.. events.Select(type => EventName.Of(type).Name).Distinct(StringComparer.Ordinal)]
                )
                {
                    IsOutbound = kind.IsOutbound,
                })
        );

    private static string SourceOf(LogModule consumer, Type type, Dictionary<Type, string> sources) =>
        sources.TryGetValue(type, out var source)
            ? source
            : throw new StartupException(
                $"{consumer.Name} reacts to {type.Name}, which no module publishes; add .Publishes<{type.Name}>() to "
                    + "the one that does."
            );
}

/// <summary>What one module publishes and reacts to.</summary>
public sealed class EventLogModuleBuilder
{
    private readonly IServiceCollection services;
    private readonly Type context;
    private readonly List<ReactionDescriptor> reactions = [];
    private readonly List<OutboundReaction> outbound = [];

    internal EventLogModuleBuilder(IServiceCollection services, string name, string connectionString, Type context) =>
        (this.services, Name, ConnectionString, this.context) = (services, name, connectionString, context);

    internal string Name { get; }

    internal string ConnectionString { get; }

    internal List<Type> Published { get; } = [];

    /// <summary>Says that the module publishes an event; those who react to it read this module's outbox.</summary>
    /// <typeparam name="TEvent">Carries <see cref="IntegrationEventAttribute"/>.</typeparam>
    public EventLogModuleBuilder Publishes<TEvent>()
        where TEvent : IIntegrationEvent
    {
        Published.Add(typeof(TEvent));
        return this;
    }

    /// <summary>
    /// Adds a reaction: it changes this module's rows in the transaction that moves the checkpoint, or calls out of the
    /// database outside of any.
    /// </summary>
    /// <typeparam name="TReaction">
    /// An <see cref="IReaction{TEvent}"/>, <see cref="IBatchReaction{TEvent}"/> or
    /// <see cref="IOutboundReaction{TEvent}"/>; made anew for each page of events.
    /// </typeparam>
    /// <exception cref="StartupException">It is none of them.</exception>
    public EventLogModuleBuilder Reacts<TReaction>()
        where TReaction : class
    {
        var found = ReactionDescriptor.Of(typeof(TReaction)).ToArray();
        var callsOut = OutboundReaction.Of(typeof(TReaction)).ToArray();
        if (found.Length + callsOut.Length == 0)
        {
            throw new StartupException(
                $"{typeof(TReaction).Name} implements neither IReaction, IBatchReaction nor IOutboundReaction."
            );
        }

        services.AddTransient<TReaction>();
        reactions.AddRange(found);
        outbound.AddRange(callsOut);
        return this;
    }

    internal LogModule ForLog() =>
        new(Name, context, [.. reactions.OrderBy(reaction => reaction.TakesBatches)], sagas: [], isProjection: false)
        {
            Outbound = outbound,
        };
}
