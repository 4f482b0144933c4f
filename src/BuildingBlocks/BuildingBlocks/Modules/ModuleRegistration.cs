using System.Globalization;
using BuildingBlocks.Contracts;
using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Feeds;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Sagas;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.EventLog.Subscriptions;
using MediatR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Modules;

/// <summary>
/// Collects the Host's modules, one line each, and finds everything that is wrong with their wiring before anything
/// starts.
/// </summary>
public sealed class ModuleRegistration
{
    private static readonly HashSet<string> PostgresSchemas = new(StringComparer.OrdinalIgnoreCase)
    {
        "public",
        "information_schema",
    };

    /// <summary>
    /// docs/settings.md lists them; "enabled" would make Modules:Enabled the module's own section.
    /// </summary>
    internal static readonly IReadOnlySet<string> HostSections = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "enabled",
        "modules",
        "database",
        "embeddedpostgres",
        "demo",
        "http",
        "ratelimits",
        "composition",
        "eventlog",
        "feeds",
        "feeds",
        "host",
        "opentelemetry",
        "connectionstrings",
        "logging",
        "kestrel",
        "urls",
        "environment",
        "allowedhosts",
    };

    private readonly IServiceCollection services;
    private readonly IConfiguration configuration;
    private readonly List<Module> known = [];
    private readonly List<string> faults = [];
    private Func<string, string>? nameElsewhere;

    internal ModuleRegistration(IServiceCollection services, IConfiguration configuration) =>
        (this.services, this.configuration) = (services, configuration);

    /// <summary>Adds a module; it runs unless <c>Modules:Enabled</c> names others only.</summary>
    /// <typeparam name="TModule">The module's public class.</typeparam>
    public ModuleRegistration Add<TModule>()
        where TModule : Module, new()
    {
        known.Add(new TModule());
        return this;
    }

    /// <summary>
    /// Takes modules that were not added for modules that run elsewhere and whose outbox can be read all the same.
    /// </summary>
    /// <param name="nameOf">The name of the module that an assembly holds.</param>
    internal ModuleRegistration OthersElsewhere(Func<string, string> nameOf)
    {
        nameElsewhere = nameOf;
        return this;
    }

    /// <exception cref="StartupException">Lists every wiring fault at once.</exception>
    internal ModuleCatalog Build()
    {
        CheckNames();
        var descriptors = Enabled().Select(Describe).ToArray();
        var feeds = FeedsOptions.Of(configuration);
        EventCatalog events = new();
        foreach (var descriptor in descriptors)
        {
            CheckRequests(descriptor);
            CheckSagas(descriptor);
            CheckEvents(descriptor, events);
            CheckProjection(descriptor);
            faults.AddRange(descriptor.Log.OutboundFaults);
        }

        CheckSignIn(descriptors);
        CheckClaims(descriptors);
        CheckVersions(descriptors, events);
        CheckReferences(descriptors);
        var subscriptions = descriptors.SelectMany(Subscribe).ToArray();
        CheckFeeds(feeds, descriptors, subscriptions);
        return faults.Count == 0
            ? new ModuleCatalog(
                descriptors,
                new(
                    [.. descriptors.Select(descriptor => descriptor.Log)],
                    subscriptions,
                    nameElsewhere is not null,
                    [.. feeds.Sources.Keys]
                ),
                events
            )
            : throw new StartupException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The modules are not wired correctly ({faults.Count} faults):\n"
                ) + string.Join('\n', faults.Select(fault => $"- {fault}"))
            );
    }

    private void CheckNames()
    {
        faults.AddRange(
            known
                .Where(module => !ModuleName.IsValid(module.Name))
                .Select(module =>
                    $"{module.GetType().Name} is named '{module.Name}', but a module's name is {ModuleName.Rule}."
                )
        );
        faults.AddRange(
            known
                .Where(module => IsNamed(module, ReferenceSchema.Name))
                .Select(module =>
                    $"{module.GetType().Name} is named '{ReferenceSchema.Name}', which is the schema of reference "
                    + "data; choose another name."
                )
        );
        faults.AddRange(
            known
                .Where(module =>
                    PostgresSchemas.Contains(module.Name) || module.Name.StartsWith("pg_", StringComparison.Ordinal)
                )
                .Select(module =>
                    $"{module.GetType().Name} is named '{module.Name}', which is a schema of PostgreSQL itself; "
                    + "choose another name."
                )
        );
        faults.AddRange(
            known
                .Where(module => HostSections.Contains(module.Name))
                .Select(module =>
                    $"{module.GetType().Name} is named '{module.Name}', like a section of settings that the Host "
                    + "reads; choose another name."
                )
        );
        faults.AddRange(
            from projection in known
            from module in known
            where IsNamed(module, RebuildTables.SchemaOf(projection.Name))
            select $"{module.GetType().Name} is named '{module.Name}', which is the schema that "
                + $"{projection.GetType().Name} is rebuilt in; choose another name."
        );
        faults.AddRange(
            known
                .GroupBy(module => module.Name, StringComparer.Ordinal)
                .Where(same => same.Count() > 1)
                .Select(same =>
                    $"{string.Join(" and ", same.Select(module => module.GetType().Name))} are all named "
                    + $"'{same.Key}'; each needs a name, and so a schema, of its own."
                )
        );
        faults.AddRange(
            known
                .GroupBy(module => module.Assembly)
                .Where(same => same.Count() > 1)
                .Select(same =>
                    $"{string.Join(" and ", same.Select(module => module.GetType().Name))} stand in one assembly; "
                    + "each module needs an assembly of its own."
                )
        );
    }

    private List<Module> Enabled()
    {
        var setting = configuration.GetSection("Modules:Enabled");
        var names = setting.Get<string[]>()
            ?? setting.Value?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names is null)
        {
            return known;
        }

        faults.AddRange(
            names
                .Where(name => !known.Exists(module => IsNamed(module, name)))
                .Select(name =>
                    $"Modules:Enabled names '{name}', but this Host has only "
                    + $"{string.Join(", ", known.Select(module => module.Name))}."
                )
        );
        return [.. known.Where(module => names.Any(name => IsNamed(module, name)))];
    }

    private static bool IsNamed(Module module, string name) =>
        string.Equals(module.Name, name, StringComparison.OrdinalIgnoreCase);

    private ModuleDescriptor Describe(Module module)
    {
        var others = known
            .Where(other => other != module)
            .Select(other => other.Assembly.GetName().Name!)
            .ToHashSet(StringComparer.Ordinal);
        ModuleBuilder builder = new(module, services, configuration, others);
        try
        {
            module.ConfigureInto(builder);
        }
        catch (Exception exception) when (exception is not StartupException)
        {
            throw new StartupException(
                $"Module {module.Name} cannot be set up, for {module.GetType().Name}.Configure fails. Mend it there: "
                    + exception,
                exception
            );
        }

        faults.AddRange(builder.Faults);
        ModuleDescriptor descriptor = new(module, builder);
        foreach (var (behavior, lifetime) in builder.Behaviors)
        {
            Bind(behavior, lifetime, descriptor);
        }

        foreach (
            var (service, type) in descriptor
                .Handlers.Concat(descriptor.CommandHandlers)
                .Concat(descriptor.QueryHandlers)
                .Concat(descriptor.Validators)
        )
        {
            if (ModuleDescriptor.OwnerOf(service.GenericTypeArguments[0]) is var owner && others.Contains(owner))
            {
                faults.Add(
                    $"{type.FullName} stands in for module {owner}, whose {service.GenericTypeArguments[0].Name} is "
                        + "for itself to handle and to validate; remove it."
                );
            }

            services.AddTransient(service, type);
        }

        foreach (
            var type in descriptor
                .Reactions.Select(reaction => reaction.ReactionType)
                .Concat(descriptor.OutboundReactions.Select(reaction => reaction.ReactionType))
                .Concat(descriptor.DemoData)
                .Distinct()
        )
        {
            services.AddTransient(type);
        }

        if (descriptor.DbContextType is null)
        {
            faults.Add(
                $"Module {module.Name} declares no database; call module.Database<...>() in "
                    + $"{module.GetType().Name}.Configure."
            );
        }

        return descriptor;
    }

    /// <summary>Closed over the module's own requests, an open behaviour is given no others.</summary>
    private void Bind(Type behavior, ServiceLifetime lifetime, ModuleDescriptor module)
    {
        foreach (var (request, result) in module.RequestsWithResults)
        {
            try
            {
                services.Add(
                    new(
                        typeof(IPipelineBehavior<,>).MakeGenericType(request, result),
                        behavior.MakeGenericType(request, result),
                        lifetime
                    )
                );
            }
            catch (ArgumentException)
            {
                // The behaviour's own constraints leave this request out, as they would have when it was open.
            }
        }
    }

    private void CheckSignIn(IEnumerable<ModuleDescriptor> descriptors)
    {
        if (
            descriptors.Where(module => module.SignsIn).Select(module => module.Name).ToArray() is
            { Length: > 1 } several
        )
        {
            faults.Add(
                $"{string.Join(" and ", several)} sign in callers for the whole installation; only one module of a "
                    + "Host may. Take SignIn(...) away from the others."
            );
        }
    }

    private void CheckRequests(ModuleDescriptor module)
    {
        foreach (var request in module.Requests)
        {
            var handlers = module
                .Handlers.Where(handler => handler.Interface.GenericTypeArguments[0] == request)
                .Select(handler => handler.Type.Name)
                .ToArray();
            if (handlers.Length != 1)
            {
                faults.Add(
                    handlers.Length == 0
                        ? $"{request.FullName} has no handler; add {request.Name}Handler to {module.Name}."
                        : $"{request.FullName} has {handlers.Length} handlers ({string.Join(", ", handlers)}); it "
                            + "needs exactly one."
                );
            }
        }
    }

    private void CheckSagas(ModuleDescriptor module) =>
        faults.AddRange(
            module.Sagas.SelectMany(saga => saga.Faults.Select(fault => $"{saga.SagaType.FullName}: {fault}"))
        );

    private void CheckEvents(ModuleDescriptor module, EventCatalog events)
    {
        foreach (
            var type in module.PublishedEvents.Concat(module.HeardEvents).Append(typeof(SagaStepTimedOutV1)).Distinct()
        )
        {
            if (!Attribute.IsDefined(type, typeof(IntegrationEventAttribute)))
            {
                faults.Add(
                    $"{type.FullName} is an event without a wire name; give it [IntegrationEvent(\"...\", version: 1)]."
                );
            }
            else if (events.Add(type) is { } other)
            {
                faults.Add(
                    $"{type.FullName} and {other.FullName} are both {EventName.Of(other)} on the wire; give one "
                        + "another name or version."
                );
            }
        }
    }

    /// <summary>What only one module may have, because others find it by its name or type.</summary>
    private void CheckClaims(IReadOnlyList<ModuleDescriptor> descriptors)
    {
        faults.AddRange(
            from same in descriptors
                .SelectMany(module => module.PublishedEvents, (module, type) => (module, type))
                .Where(one => Attribute.IsDefined(one.type, typeof(IntegrationEventAttribute)))
                .GroupBy(one => EventName.Of(one.type).Name, StringComparer.Ordinal)
            where same.DistinctBy(one => one.module).Count() > 1
            select $"{string.Join(" and ", same.Select(one => one.type.FullName))} are all versions of '{same.Key}' "
                + "on the wire, but of different modules; give one another name."
        );
        faults.AddRange(
            from module in descriptors
            from handler in module.CommandHandlers.Concat(module.QueryHandlers)
            group handler.Type by handler.Interface into same
            where same.Count() > 1
            select $"{string.Join(" and ", same.Select(type => type.FullName))} all answer "
                + $"{same.Key.GenericTypeArguments[0].Name}; keep one."
        );
        faults.AddRange(
            from module in descriptors
            from endpoint in module.Endpoints
            group endpoint.FullName by (module.Name, endpoint.Name) into same
            where same.Count() > 1
            select $"{string.Join(" and ", same)} would be one operation of module {same.Key.Item1} in OpenAPI; give "
                + "one another name."
        );
    }

    private void CheckVersions(IEnumerable<ModuleDescriptor> descriptors, EventCatalog events) =>
        faults.AddRange(
            from module in descriptors
            from type in module.HeardEvents
            where Attribute.IsDefined(type, typeof(IntegrationEventAttribute))
            let newest = events.NewerThan(type)
            where newest is not null
            select $"{module.Name} reacts to {type.Name}, but every stored one is lifted to {newest.Name} before it "
                + $"is delivered; react to {newest.Name}."
        );

    private void CheckReferences(IReadOnlyList<ModuleDescriptor> descriptors)
    {
        if (nameElsewhere is null)
        {
            faults.AddRange(
                from module in descriptors
                from reference in module.Module.References
                where !known.Exists(one => IsNamed(one, reference.Module))
                select $"{module.Name} declares that {reference.Table}.{reference.Column} refers to "
                    + $"{reference.Module}.{reference.Thing}, but this Host has only "
                    + $"{string.Join(", ", known.Select(one => one.Name))}; add the module, or remove the "
                    + "reference."
            );
        }

        faults.AddRange(
            from module in descriptors
            from reference in module.Module.References
            let owner = descriptors.FirstOrDefault(one => IsNamed(one.Module, reference.Module))
            where
                owner is not null
                && !owner.Module.Identities.Exists(identity =>
                    string.Equals(identity.Thing, reference.Thing, StringComparison.Ordinal)
                )
            select $"{module.Name} declares that {reference.Table}.{reference.Column} refers to "
                + $"{reference.Module}.{reference.Thing}, but {owner.Module.GetType().Name} identifies no "
                + $"{reference.Thing}."
        );
    }

    private void CheckProjection(ModuleDescriptor module)
    {
        if (module.Module.IsProjection && (module.PublishedEvents.Count > 0 || module.Sagas.Count > 0))
        {
            faults.Add(
                $"{module.Name} is declared a projection, but publishes events or holds a saga; a rebuild would do "
                    + "all of that again. "
                    + "Move them to another module, or take Projection() away."
            );
        }
    }

    /// <summary>
    /// A module runs here or a feed brings its events, never both; and nothing is brought that nobody reacts to.
    /// </summary>
    private void CheckFeeds(
        FeedsOptions feeds,
        IReadOnlyList<ModuleDescriptor> descriptors,
        IReadOnlyList<Subscription> subscriptions
    )
    {
        faults.AddRange(feeds.Faults());
        foreach (var source in feeds.Sources.Keys)
        {
            if (!ModuleName.IsValid(source))
            {
                faults.Add($"Feeds:Sources names '{source}', but a module's name is {ModuleName.Rule}.");
            }
            else if (descriptors.Any(module => IsNamed(module.Module, source)))
            {
                faults.Add(
                    $"Feeds:Sources names '{source}', which runs in this Host; take it out of Feeds:Sources, or out of "
                        + "Modules:Enabled."
                );
            }
            else if (!subscriptions.Any(one => string.Equals(one.Source, source, StringComparison.Ordinal)))
            {
                faults.Add(
                    $"Feeds:Sources names '{source}', but no module of this Host reacts to its events; take it out of "
                        + "Feeds:Sources."
                );
            }
        }

        faults.AddRange(
            from reader in feeds.Readers
            from module in reader.Value.ModuleNames
            where !descriptors.Any(one => string.Equals(one.Name, module, StringComparison.Ordinal))
            select $"Feeds:Readers:{reader.Key}:Modules names '{module}', but this Host runs only "
                + $"{string.Join(", ", descriptors.Select(one => one.Name))}; name the module where it runs."
        );
    }

    private IEnumerable<Subscription> Subscribe(ModuleDescriptor consumer) =>
        Subscribe(consumer, consumer.ConsumedEvents)
            .Concat(Subscribe(consumer, consumer.Log.OutboundEvents).Select(one => one with { IsOutbound = true }));

    private IEnumerable<Subscription> Subscribe(ModuleDescriptor consumer, IEnumerable<Type> eventTypes)
    {
        foreach (
            var events in eventTypes
                .Where(type => Attribute.IsDefined(type, typeof(IntegrationEventAttribute)))
                .GroupBy(type => SourceOf(consumer, type), StringComparer.Ordinal)
        )
        {
            var source = known
                .Find(module => string.Equals(module.Assembly.GetName().Name, events.Key, StringComparison.Ordinal))
                ?.Name;
            if ((source ?? nameElsewhere?.Invoke(events.Key)) is { } name)
            {
                yield return new(
                    consumer.Log,
                    name,
                    [.. events.Select(type => EventName.Of(type).Name).Distinct(StringComparer.Ordinal)]
                );
            }
            else
            {
                faults.Add(
                    $"{consumer.Name} reacts to {string.Join(", ", events.Select(type => type.Name))} of "
                        + $"{events.Key}, which this Host does not have; "
                        + "add the module, or remove the reactions."
                );
            }
        }
    }

    // A saga's time-outs are events that the saga's own module sends to itself.
    private static string SourceOf(ModuleDescriptor consumer, Type eventType) =>
        eventType == typeof(SagaStepTimedOutV1)
            ? consumer.Module.Assembly.GetName().Name!
            : ModuleDescriptor.OwnerOf(eventType);
}
