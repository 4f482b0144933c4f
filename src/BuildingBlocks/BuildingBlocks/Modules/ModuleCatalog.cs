using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Subscriptions;

namespace BuildingBlocks.Modules;

/// <summary>The modules that run in this Host.</summary>
public sealed class ModuleCatalog
{
    private readonly Dictionary<string, ModuleDescriptor> byAssembly;
    private readonly HashSet<Type> questions;

    internal ModuleCatalog(IReadOnlyList<ModuleDescriptor> descriptors, EventLogCatalog log, EventCatalog events)
    {
        (Descriptors, Log, Events) = (descriptors, log, events);
        Shadows = [.. log.Shadows.Select(module => new ShadowSchema(module))];
        byAssembly = descriptors.ToDictionary(
            descriptor => descriptor.Module.Assembly.GetName().Name!,
            StringComparer.Ordinal
        );
        questions =
        [
            .. descriptors
                .SelectMany(descriptor => descriptor.QueryHandlers)
                .Select(handler => handler.Interface.GenericTypeArguments[0]),
        ];
    }

    /// <summary>In the order the Host names them.</summary>
    public IEnumerable<Module> Modules => Descriptors.Select(descriptor => descriptor.Module);

    /// <summary>Whether any of them brings demo data.</summary>
    public bool LoadsDemoData => Descriptors.Any(module => module.DemoData.Count > 0);

    /// <summary>The names of those whose tables can be rebuilt from history.</summary>
    public IReadOnlySet<string> Projections =>
        Modules.Where(module => module.IsProjection).Select(module => module.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>The schemas of modules that run elsewhere and whose events feeds bring here.</summary>
    internal IReadOnlyList<ShadowSchema> Shadows { get; }

    /// <summary>All schemas that this Host uses: those of its modules, then the shadows.</summary>
    internal IEnumerable<ModuleSchema> Schemas => Modules.Concat<ModuleSchema>(Shadows);

    /// <summary>
    /// Those whose events a module reacts to, but that neither run in this Host nor are brought by a feed: it hears
    /// nothing of them.
    /// </summary>
    /// <param name="module">The module's name.</param>
    internal IReadOnlyList<string> MissingSourcesOf(string module) =>
        [
            .. Subscriptions
                .Where(one =>
                    string.Equals(one.Consumer.Name, module, StringComparison.Ordinal) && !CanRead(one.Source)
                )
                .Select(one => one.Source)
                .Distinct(StringComparer.Ordinal),
        ];

    internal IReadOnlyList<ModuleDescriptor> Descriptors { get; }

    internal EventLogCatalog Log { get; }

    internal IReadOnlyList<Subscription> Subscriptions => Log.Subscriptions;

    internal EventCatalog Events { get; }

    /// <summary>
    /// Whether the outbox of a module can be read from here: it runs in this Host, a feed brings its events,
    /// or it runs elsewhere within reach.
    /// </summary>
    internal bool CanRead(string source) => Log.CanRead(source);

    /// <summary>Whether a module runs in this Host.</summary>
    internal bool Runs(string module) => Log.Runs(module);

    /// <summary>Whether a module in this Host answers questions of this type.</summary>
    internal bool Answers(Type question) => questions.Contains(question);

    /// <summary>The module that a type of its own or of its Contracts belongs to, or null.</summary>
    internal ModuleDescriptor? OwnerOf(Type type) => byAssembly.GetValueOrDefault(ModuleDescriptor.OwnerOf(type));
}
