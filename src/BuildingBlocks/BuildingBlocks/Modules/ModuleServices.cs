using System.Collections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BuildingBlocks.Modules;

/// <summary>
/// The Host's services as one module may change them. It sees what the Host has beside other modules' services, adds
/// what is its own, and takes back only what it has added. Whatever would reach other modules, by standing before their
/// requests or in the place of what all use, is refused or bound to the module.
/// </summary>
/// <param name="services">The Host's.</param>
/// <param name="module">Who adds.</param>
/// <param name="others">The names of the assemblies of other modules.</param>
internal sealed class ModuleServices(IServiceCollection services, Module module, IReadOnlySet<string> others)
    : IServiceCollection
{
    private const string HttpClients = "Microsoft.Extensions.Http";

    private static readonly string[] Foundation = ["BuildingBlocks", "MediatR", "FluentValidation"];

    // Also what is refused or bound to the module: whoever adds something expects to find it again.
    private readonly List<Addition> added = [];
    private readonly List<string> takings = [];

    /// <summary>
    /// Whether the module signs in callers for the whole installation, and so changes what ASP.NET Core is given.
    /// </summary>
    public bool MayChangeHost { get; set; }

    /// <summary>Open generics that stand around requests; to be closed over the module's own.</summary>
    public IEnumerable<(Type Type, ServiceLifetime Lifetime)> Behaviors =>
        added.Select(one => one.Item).Where(IsOwnBehavior).Select(item => (item.ImplementationType!, item.Lifetime));

    /// <summary>What was refused, for people.</summary>
    public IEnumerable<string> Faults =>
        added.Select(one => one.Fault).OfType<string>().Distinct(StringComparer.Ordinal).Concat(takings);

    public int Count => Visible.Count;

    public bool IsReadOnly => false;

    private List<ServiceDescriptor> Visible
    {
        get
        {
            var given = added.SelectMany(one => one.Given).ToHashSet();
            return
            [
                .. services.Where(item => !given.Contains(item) && TypesOf(item).All(type => OwnerOf(type) is null)),
                .. added.Select(one => one.Item),
            ];
        }
    }

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
        if (IsOwnBehavior(item))
        {
            added.Add(new(item, []));
        }
        else if (FaultOf(item) is { } fault)
        {
            added.Add(new(item, [], $"{module.Name} registers {fault}"));
        }
        else
        {
            ServiceDescriptor[] given =
                item.ServiceType == typeof(IHostedService) && !item.IsKeyedService ? [.. InBackground(item)] : [item];
            added.Add(new(item, given));
            Array.ForEach(given, services.Add);
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

    private IEnumerable<ServiceDescriptor> InBackground(ServiceDescriptor item)
    {
        if (item.ImplementationType is { } type && !services.Any(known => known.ServiceType == type))
        {
            // Made and disposed by the container, like every service.
            yield return new(type, type, ServiceLifetime.Singleton);
        }

        yield return ServiceDescriptor.Singleton<IHostedService>(provider => new ModuleHostedService(
            module.Name,
            (IHostedService)(
                item.ImplementationType is { } own ? provider.GetRequiredService(own)
                : item.ImplementationFactory is { } make ? make(provider)
                : item.ImplementationInstance!
            )
        ));
    }

    private bool Take(ServiceDescriptor item)
    {
        if (added.FindLastIndex(one => one.Item == item) is >= 0 and var index)
        {
            Array.ForEach(added[index].Given, given => services.Remove(given));
            added.RemoveAt(index);
            return true;
        }

        if (Visible.Contains(item))
        {
            takings.Add(
                $"{module.Name} takes {NameOf(item.ServiceType)} away, which it has not added: all modules would lose "
                    + "it. "
                    + "A module changes its own services only."
            );
        }

        return false;
    }

    private string? FaultOf(ServiceDescriptor item)
    {
        if (TypesOf(item).FirstOrDefault(type => OwnerOf(type) is not null) is { } foreign)
        {
            return $"{NameOf(item.ServiceType)}, which reaches into module {OwnerOf(foreign)}. "
                + "Keep a copy fed by its events (docs/guides/copies.md), or let the Host compose the answer "
                + "(docs/guides/composition.md).";
        }

        if (
            PartsOf(item.ServiceType).Any(IsOwn)
            || item.ServiceType == typeof(IHostedService)
            || IsValidationAtStart(item.ServiceType)
        )
        {
            return null;
        }

        if (MayChangeHost && !PartsOf(item.ServiceType).Any(IsFoundation))
        {
            return null;
        }

        return IsOfHttpClients(item.ServiceType)
                ? "what makes HTTP clients for all modules: "
                    + "have the Host add AddHttpClient() in its Program.cs, before AddModules. "
                    + "AddHttpClient<T>() for a type of the module is then its own."
            : PartsOf(item.ServiceType).Any(IsOfHttpClients)
                ? $"{NameOf(item.ServiceType)}, which may set up the HTTP clients of all modules. "
                    + "Set the client up in the constructor of the type that is given it, "
                    + "or have the Host do it in its Program.cs."
            : $"{NameOf(item.ServiceType)}, which is not its own, so that the Host and all modules would get it. "
                + "Register a type of the module, or have the Host add it in its Program.cs.";
    }

    private bool IsOwnBehavior(ServiceDescriptor item) =>
        item.ServiceType == typeof(MediatR.IPipelineBehavior<,>)
        && item is { IsKeyedService: false, ImplementationType: { } type }
        && IsOwn(type);

    /// <summary>What ValidateOnStart() adds, which AddMetrics() calls too; nothing else can name the type.</summary>
    private static bool IsValidationAtStart(Type type) =>
        type.IsGenericType
        && type.GenericTypeArguments
            is [{ IsVisible: false, FullName: "Microsoft.Extensions.Options.StartupValidatorOptions" }];

    private static bool IsOfHttpClients(Type type) => type.Assembly.GetName().Name is HttpClients;

    private static bool IsFoundation(Type type) =>
        Array.Exists(Foundation, name =>
            type.Assembly.GetName().Name!.Split('.')[0].Equals(name, StringComparison.Ordinal)
        );

    private bool IsOwn(Type type) =>
        string.Equals(ModuleDescriptor.OwnerOf(type), module.Assembly.GetName().Name, StringComparison.Ordinal);

    private string? OwnerOf(Type type) =>
        ModuleDescriptor.OwnerOf(type) is var assembly && others.Contains(assembly) ? assembly : null;

    private static IEnumerable<Type> TypesOf(ServiceDescriptor item) =>
        PartsOf(item.ServiceType)
            .Concat(
                (item.IsKeyedService ? item.KeyedImplementationType : item.ImplementationType) is { } type
                    ? PartsOf(type)
                    : []
            );

    /// <summary>The type, and what it is generic over.</summary>
    private static IEnumerable<Type> PartsOf(Type type) =>
        type.IsGenericType && !type.IsGenericTypeDefinition
            ? type.GenericTypeArguments.SelectMany(PartsOf).Prepend(type.GetGenericTypeDefinition())
        : type.HasElementType ? PartsOf(type.GetElementType()!)
        : [type];

    private static string NameOf(Type type) =>
        type.IsGenericType
            ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
            : type.Name;

    /// <summary>What the module has added, and what the Host was given for it.</summary>
    private sealed record Addition(ServiceDescriptor Item, ServiceDescriptor[] Given, string? Fault = null);
}
