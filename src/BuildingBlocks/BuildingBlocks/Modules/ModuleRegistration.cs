using System.Globalization;
using System.Text.RegularExpressions;
using BuildingBlocks.Contracts;
using BuildingBlocks.Messaging;
using BuildingBlocks.Sagas;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Modules;

/// <summary>Collects the Host's modules, one line each, and finds everything that is wrong with their wiring before anything starts.</summary>
public sealed partial class ModuleRegistration
{
    private readonly IServiceCollection services;
    private readonly IConfiguration configuration;
    private readonly List<Module> known = [];
    private readonly List<string> faults = [];
    private Func<string, string>? nameElsewhere;

    internal ModuleRegistration(IServiceCollection services, IConfiguration configuration) => (this.services, this.configuration) = (services, configuration);

    /// <summary>Adds a module; it runs unless <c>Modules:Enabled</c> names others only.</summary>
    /// <typeparam name="TModule">The module's public class.</typeparam>
    public ModuleRegistration Add<TModule>()
        where TModule : Module, new()
    {
        known.Add(new TModule());
        return this;
    }

    /// <summary>Takes modules that were not added for modules that run elsewhere and whose outbox can be read all the same.</summary>
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
        EventCatalog events = new();
        foreach (var descriptor in descriptors)
        {
            CheckRequests(descriptor);
            CheckSagas(descriptor);
            CheckEvents(descriptor, events);
        }

        var subscriptions = descriptors.SelectMany(Subscribe).ToArray();
        return faults.Count == 0
            ? new ModuleCatalog(descriptors, subscriptions, events)
            : throw new StartupException(
                string.Create(CultureInfo.InvariantCulture, $"The modules are not wired correctly ({faults.Count} faults):\n")
                + string.Join('\n', faults.Select(fault => $"- {fault}")));
    }

    private void CheckNames()
    {
        faults.AddRange(known.Where(module => !ValidName().IsMatch(module.Name)).Select(module =>
            $"{module.GetType().Name} is named '{module.Name}', but a module's name is 1 to 30 lower-case letters, digits and underscores, beginning with a letter."));
        faults.AddRange(known.GroupBy(module => module.Name, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same =>
            $"{string.Join(" and ", same.Select(module => module.GetType().Name))} are all named '{same.Key}'; each needs a name, and so a schema, of its own."));
        faults.AddRange(known.GroupBy(module => module.Assembly).Where(same => same.Count() > 1).Select(same =>
            $"{string.Join(" and ", same.Select(module => module.GetType().Name))} stand in one assembly; each module needs an assembly of its own."));
    }

    private List<Module> Enabled()
    {
        var setting = configuration.GetSection("Modules:Enabled");
        var names = setting.Get<string[]>() ?? setting.Value?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names is null)
        {
            return known;
        }

        faults.AddRange(names.Where(name => !known.Exists(module => IsNamed(module, name))).Select(name =>
            $"Modules:Enabled names '{name}', but this Host has only {string.Join(", ", known.Select(module => module.Name))}."));
        return [.. known.Where(module => names.Any(name => IsNamed(module, name)))];
    }

    private static bool IsNamed(Module module, string name) => string.Equals(module.Name, name, StringComparison.OrdinalIgnoreCase);

    private ModuleDescriptor Describe(Module module)
    {
        ModuleBuilder builder = new(module, services, configuration);
        module.ConfigureInto(builder);
        ModuleDescriptor descriptor = new(module, builder);
        foreach (var (service, type) in descriptor.Handlers.Concat(descriptor.Validators))
        {
            services.AddTransient(service, type);
        }

        foreach (var type in descriptor.Reactions.Select(reaction => reaction.ReactionType).Concat(descriptor.DemoData).Distinct())
        {
            services.AddTransient(type);
        }

        if (descriptor.DbContextType is null)
        {
            faults.Add($"Module {module.Name} declares no database; call module.Database<...>() in {module.GetType().Name}.Configure.");
        }

        return descriptor;
    }

    private void CheckRequests(ModuleDescriptor module)
    {
        foreach (var request in module.Requests)
        {
            var handlers = module.Handlers.Where(handler => handler.Interface.GenericTypeArguments[0] == request).Select(handler => handler.Type.Name).ToArray();
            if (handlers.Length != 1)
            {
                faults.Add(handlers.Length == 0
                    ? $"{request.FullName} has no handler; add {request.Name}Handler to {module.Name}."
                    : $"{request.FullName} has {handlers.Length} handlers ({string.Join(", ", handlers)}); it needs exactly one.");
            }
        }
    }

    private void CheckSagas(ModuleDescriptor module) =>
        faults.AddRange(module.Sagas.SelectMany(saga => saga.Faults.Select(fault => $"{saga.SagaType.FullName}: {fault}")));

    private void CheckEvents(ModuleDescriptor module, EventCatalog events)
    {
        foreach (var type in module.PublishedEvents.Concat(module.ConsumedEvents).Append(typeof(SagaStepTimedOutV1)).Distinct())
        {
            if (!Attribute.IsDefined(type, typeof(IntegrationEventAttribute)))
            {
                faults.Add($"{type.FullName} is an event without a wire name; give it [IntegrationEvent(\"...\", version: 1)].");
            }
            else if (!events.TryAdd(type, out var other))
            {
                faults.Add($"{type.FullName} and {other.FullName} are both {EventName.Of(type)} on the wire; give one another name or version.");
            }
        }
    }

    private IEnumerable<Subscription> Subscribe(ModuleDescriptor consumer)
    {
        foreach (var events in consumer.ConsumedEvents.Where(type => Attribute.IsDefined(type, typeof(IntegrationEventAttribute))).GroupBy(type => SourceOf(consumer, type), StringComparer.Ordinal))
        {
            var source = known.Find(module => string.Equals(module.Assembly.GetName().Name, events.Key, StringComparison.Ordinal))?.Name;
            if ((source ?? nameElsewhere?.Invoke(events.Key)) is { } name)
            {
                yield return new(consumer, name, [.. events.Select(type => EventName.Of(type).Name).Distinct(StringComparer.Ordinal)]);
            }
            else
            {
                faults.Add(
                    $"{consumer.Name} reacts to {string.Join(", ", events.Select(type => type.Name))} of {events.Key}, which this Host does not have; "
                    + "add the module, or remove the reactions.");
            }
        }
    }

    // A saga's time-outs are events that the saga's own module sends to itself.
    private static string SourceOf(ModuleDescriptor consumer, Type eventType) =>
        eventType == typeof(SagaStepTimedOutV1) ? consumer.Module.Assembly.GetName().Name! : ModuleDescriptor.OwnerOf(eventType);

    [GeneratedRegex("^[a-z][a-z0-9_]{0,29}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ValidName();
}
