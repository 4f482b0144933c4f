using System.Collections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BuildingBlocks.Modules;

/// <summary>
/// The Host's services as one module may change them. It sees what the Host has beside other modules' services, adds what is its own, and takes back only what it
/// has added. Whatever would reach other modules, by standing before their requests or in the place of what all use, is refused or bound to the module.
/// </summary>
/// <param name="services">The Host's.</param>
/// <param name="module">Who adds.</param>
/// <param name="others">The names of the assemblies of other modules.</param>
/// <param name="mayChangeHost">Whether the module signs in callers for the whole installation, and so changes what ASP.NET Core is given.</param>
internal sealed class ModuleServices(IServiceCollection services, Module module, IReadOnlySet<string> others, bool mayChangeHost) : IServiceCollection
{
    private static readonly string[] Foundation = ["BuildingBlocks", "MediatR", "FluentValidation"];

    private readonly HashSet<ServiceDescriptor> added = [];

    /// <summary>Open generics that stand around requests; to be closed over the module's own.</summary>
    public List<(Type Type, ServiceLifetime Lifetime)> Behaviors { get; } = [];

    /// <summary>What was refused, for people.</summary>
    public List<string> Faults { get; } = [];

    public int Count => Visible.Count;

    public bool IsReadOnly => false;

    private List<ServiceDescriptor> Visible =>
        [.. services.Where(descriptor => added.Contains(descriptor) || TypesOf(descriptor).All(type => OwnerOf(type) is null))];

    public ServiceDescriptor this[int index]
    {
        get => Visible[index];
        set
        {
            var before = Visible[index];
            if (Take(before))
            {
                Add(value);
            }
        }
    }

    public void Add(ServiceDescriptor item)
    {
        if (item.ServiceType == typeof(MediatR.IPipelineBehavior<,>) && item is { IsKeyedService: false, ImplementationType: { } behavior } && IsOwn(behavior))
        {
            Behaviors.Add((behavior, item.Lifetime));
        }
        else if (FaultOf(item) is { } fault)
        {
            Faults.Add($"{module.Name} registers {NameOf(item.ServiceType)}, {fault}");
        }
        else
        {
            AddOwn(item);
        }
    }

    public void Insert(int index, ServiceDescriptor item) => Add(item);

    public bool Remove(ServiceDescriptor item) => Take(item);

    public void RemoveAt(int index) => Take(Visible[index]);

    public void Clear() => Visible.ForEach(descriptor => Take(descriptor));

    public bool Contains(ServiceDescriptor item) => Visible.Contains(item);

    public int IndexOf(ServiceDescriptor item) => Visible.IndexOf(item);

    public void CopyTo(ServiceDescriptor[] array, int arrayIndex) => Visible.CopyTo(array, arrayIndex);

    public IEnumerator<ServiceDescriptor> GetEnumerator() => Visible.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void AddOwn(ServiceDescriptor item)
    {
        if (item.ServiceType == typeof(IHostedService) && !item.IsKeyedService)
        {
            item = InBackground(item);
        }

        added.Add(item);
        services.Add(item);
    }

    private ServiceDescriptor InBackground(ServiceDescriptor item)
    {
        if (item.ImplementationType is { } type && !services.Any(known => known.ServiceType == type))
        {
            // Made and disposed by the container, like every service.
            ServiceDescriptor work = new(type, type, ServiceLifetime.Singleton);
            added.Add(work);
            services.Add(work);
        }

        return ServiceDescriptor.Singleton<IHostedService>(provider => new ModuleHostedService(module.Name, (IHostedService)(
            item.ImplementationType is { } own ? provider.GetRequiredService(own)
            : item.ImplementationFactory is { } make ? make(provider)
            : item.ImplementationInstance!)));
    }

    private bool Take(ServiceDescriptor item)
    {
        if (added.Remove(item))
        {
            return services.Remove(item);
        }

        if (Visible.Contains(item))
        {
            Faults.Add($"{module.Name} takes {NameOf(item.ServiceType)} away, which it has not added: all modules would lose it. A module changes its own services only.");
        }

        return false;
    }

    private string? FaultOf(ServiceDescriptor item)
    {
        if (TypesOf(item).FirstOrDefault(type => OwnerOf(type) is not null) is { } foreign)
        {
            return $"which reaches into module {OwnerOf(foreign)}. Keep a copy fed by its events (docs/guides/copies.md), or let the Host compose the answer (docs/guides/composition.md).";
        }

        if (PartsOf(item.ServiceType).Any(IsOwn) || item.ServiceType == typeof(IHostedService))
        {
            return null;
        }

        return mayChangeHost && !PartsOf(item.ServiceType).Any(IsFoundation)
            ? null
            : "which is not its own, so that the Host and all modules would get it. Register a type of the module, or have the Host add it in its Program.cs.";
    }

    private static bool IsFoundation(Type type) => Array.Exists(Foundation, name => type.Assembly.GetName().Name!.Split('.')[0].Equals(name, StringComparison.Ordinal));

    private bool IsOwn(Type type) => string.Equals(ModuleDescriptor.OwnerOf(type), module.Assembly.GetName().Name, StringComparison.Ordinal);

    private string? OwnerOf(Type type) => ModuleDescriptor.OwnerOf(type) is var assembly && others.Contains(assembly) ? assembly : null;

    private static IEnumerable<Type> TypesOf(ServiceDescriptor item) => PartsOf(item.ServiceType).Concat(
        (item.IsKeyedService ? item.KeyedImplementationType : item.ImplementationType) is { } type ? PartsOf(type) : []);

    /// <summary>The type, and what it is generic over.</summary>
    private static IEnumerable<Type> PartsOf(Type type) => type.IsGenericType && !type.IsGenericTypeDefinition
        ? type.GenericTypeArguments.SelectMany(PartsOf).Prepend(type.GetGenericTypeDefinition())
        : type.HasElementType ? PartsOf(type.GetElementType()!)
        : [type];

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
        : type.Name;
}
