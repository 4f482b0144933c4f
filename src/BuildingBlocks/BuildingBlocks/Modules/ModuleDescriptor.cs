using System.Collections.Frozen;
using System.Reflection;
using BuildingBlocks.Application;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Sagas;
using BuildingBlocks.Web;
using FluentValidation;
using MediatR;

namespace BuildingBlocks.Modules;

/// <summary>A reaction found in a module, the event it is for, and whether it takes many at once.</summary>
internal sealed record ReactionDescriptor(Type EventType, Type ReactionType, bool TakesBatches);

/// <summary>Everything that was found in one module's assembly and declared by its builder.</summary>
internal sealed class ModuleDescriptor
{
    private readonly Lazy<FrozenSet<string>> appliedInBatches;

    public ModuleDescriptor(Module module, ModuleBuilder declared)
    {
        (Module, DbContextType, RefusalsByConstraint, SignsIn) = (module, declared.DbContextType, declared.RefusalsByConstraint, declared.SignsIn);
        var types = module.Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false }).ToArray();
        Requests = [.. types.Where(type => type.IsAssignableTo(typeof(IModuleRequest)))];
        Handlers = [.. Implementations(types, typeof(IRequestHandler<,>))];
        CommandHandlers = [.. Implementations(types, typeof(IModuleCommandHandler<,>))];
        QueryHandlers = [.. Implementations(types, typeof(IModuleQueryHandler<,>))];
        Validators = [.. Implementations(types, typeof(IValidator<>))];
        Reactions = [.. ReactionsAmong(types, typeof(IReaction<>), takeBatches: false), .. ReactionsAmong(types, typeof(IBatchReaction<>), takeBatches: true)];
        Endpoints = [.. types.Where(type => type.IsAssignableTo(typeof(IEndpoint)))];
        DemoData = [.. types.Where(type => type.IsAssignableTo(typeof(IDemoData)))];
        Sagas = [.. types.Where(IsSaga).Select(SagaDefinition.Of)];
        appliedInBatches = new(() => Reactions.GroupBy(reaction => reaction.EventType)
            .Where(reactions => reactions.All(reaction => reaction.TakesBatches) && !Sagas.Any(saga => saga.EventTypes.Contains(reactions.Key)))
            .Select(reactions => EventName.Of(reactions.Key).Name)
            .ToFrozenSet(StringComparer.Ordinal));
        PublishedEvents = [.. ContractsOf(module.Assembly).Where(type => type.IsAssignableTo(typeof(IIntegrationEvent)) && type is { IsClass: true, IsAbstract: false })];
    }

    public Module Module { get; }

    public string Name => Module.Name;

    public Type? DbContextType { get; }

    public IReadOnlyDictionary<string, Error> RefusalsByConstraint { get; }

    /// <summary>Whether the module signs in callers for the whole installation.</summary>
    public bool SignsIn { get; }

    public IReadOnlyList<Type> Requests { get; }

    public IReadOnlyList<(Type Interface, Type Type)> Handlers { get; }

    /// <summary>All that goes through behaviours, with what comes of it: the module's own requests, and what the Host commands.</summary>
    public IEnumerable<(Type Request, Type Result)> RequestsWithResults => Handlers.Select(handler => handler.Interface.GenericTypeArguments)
        .Concat(CommandHandlers.Select(handler => handler.Interface.GenericTypeArguments).Select(pair => new[] { pair[0], typeof(Result<>).MakeGenericType(pair[1]) }))
        .Select(pair => (pair[0], pair[1]));

    /// <summary>What the module carries out for the Host.</summary>
    public IReadOnlyList<(Type Interface, Type Type)> CommandHandlers { get; }

    /// <summary>What the module answers to the Host.</summary>
    public IReadOnlyList<(Type Interface, Type Type)> QueryHandlers { get; }

    public IReadOnlyList<(Type Interface, Type Type)> Validators { get; }

    public IReadOnlyList<ReactionDescriptor> Reactions { get; }

    public IReadOnlyList<Type> Endpoints { get; }

    public IReadOnlyList<Type> DemoData { get; }

    public IReadOnlyList<SagaDefinition> Sagas { get; }

    /// <summary>The event types of the module's own Contracts.</summary>
    public IReadOnlyList<Type> PublishedEvents { get; }

    /// <summary>The event types that some reaction or saga of the module is for.</summary>
    public IEnumerable<Type> ConsumedEvents => Reactions.Select(reaction => reaction.EventType).Concat(Sagas.SelectMany(saga => saga.EventTypes)).Distinct();

    /// <summary>Whether events of this wire name may be applied many at once: all that the module does about them is in batch reactions.</summary>
    public bool AppliesInBatches(string eventType) => appliedInBatches.Value.Contains(eventType);

    /// <summary>The name of the assembly that a type, or the Contracts it stands in, belongs to: <c>Orders.Contracts</c> belongs to <c>Orders</c>.</summary>
    public static string OwnerOf(Type type)
    {
        const string Suffix = ".Contracts";
        var assembly = type.Assembly.GetName().Name!;
        return assembly.EndsWith(Suffix, StringComparison.Ordinal) ? assembly[..^Suffix.Length] : assembly;
    }

    private static bool IsSaga(Type type) => type.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == typeof(Saga<>);

    private static IEnumerable<ReactionDescriptor> ReactionsAmong(Type[] types, Type openInterface, bool takeBatches) =>
        Implementations(types, openInterface).Select(found => new ReactionDescriptor(found.Interface.GenericTypeArguments[0], found.Type, takeBatches));

    private static IEnumerable<(Type Interface, Type Type)> Implementations(Type[] types, Type openInterface) =>
        from type in types
        from found in type.GetInterfaces()
        where found.IsGenericType && found.GetGenericTypeDefinition() == openInterface
        select (found, type);

    private static Type[] ContractsOf(Assembly module)
    {
        var contracts = module.GetReferencedAssemblies().FirstOrDefault(name => string.Equals(name.Name, $"{module.GetName().Name}.Contracts", StringComparison.Ordinal));
        return contracts is null ? module.GetExportedTypes() : Assembly.Load(contracts).GetExportedTypes();
    }
}
