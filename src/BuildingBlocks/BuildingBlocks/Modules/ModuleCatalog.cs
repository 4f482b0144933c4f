using System.Reflection;
using BuildingBlocks.Messaging;

namespace BuildingBlocks.Modules;

/// <summary>The modules that run in this Host.</summary>
public sealed class ModuleCatalog
{
    private readonly Dictionary<Assembly, ModuleDescriptor> byAssembly;

    internal ModuleCatalog(IReadOnlyList<ModuleDescriptor> descriptors, IReadOnlyList<Subscription> subscriptions, EventCatalog events)
    {
        (Descriptors, Subscriptions, Events) = (descriptors, subscriptions, events);
        byAssembly = descriptors.ToDictionary(descriptor => descriptor.Module.Assembly);
    }

    /// <summary>In the order the Host names them.</summary>
    public IEnumerable<Module> Modules => Descriptors.Select(descriptor => descriptor.Module);

    internal IReadOnlyList<ModuleDescriptor> Descriptors { get; }

    internal IReadOnlyList<Subscription> Subscriptions { get; }

    internal EventCatalog Events { get; }

    /// <summary>The module that a type belongs to, or null.</summary>
    internal ModuleDescriptor? OwnerOf(Type type) => byAssembly.GetValueOrDefault(type.Assembly);
}
