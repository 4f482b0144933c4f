using System.Reflection;
using BuildingBlocks.Application;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Sagas;
using BuildingBlocks.Web;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Modules;

/// <summary>Everything that was found in one module's assembly and declared by its builder.</summary>
internal sealed class ModuleDescriptor
{
    public ModuleDescriptor(Module module, ModuleBuilder declared)
    {
        (Module, RefusalsByConstraint, SignsIn) = (module, declared.RefusalsByConstraint, declared.SignsIn);
        var types = module
            .Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false })
            .ToArray();
        Requests = [.. types.Where(type => type.IsAssignableTo(typeof(IModuleRequest)))];
        Handlers = [.. Implementations(types, typeof(IRequestHandler<,>))];
        CommandHandlers = [.. Implementations(types, typeof(IModuleCommandHandler<,>))];
        QueryHandlers = [.. Implementations(types, typeof(IModuleQueryHandler<,>))];
        Validators = [.. Implementations(types, typeof(IValidator<>))];
        Endpoints = [.. types.Where(type => type.IsAssignableTo(typeof(IEndpoint)))];
        DemoData = [.. types.Where(type => type.IsAssignableTo(typeof(IDemoData)))];
        Log = new(
            module.Name,
            declared.DbContextType,
            [.. types.SelectMany(ReactionDescriptor.Of).OrderBy(reaction => reaction.TakesBatches)],
            [.. types.Where(SagaDefinition.IsSaga).Select(SagaDefinition.Of)],
            module.IsProjection
        )
        {
            Outbound = [.. types.SelectMany(OutboundReaction.Of)],
            PrepareScope = scope => scope.GetRequiredService<Caller>().System(),
        };
        PublishedEvents =
        [
            .. ContractsOf(module.Assembly)
                .Where(type =>
                    type.IsAssignableTo(typeof(IIntegrationEvent)) && type is { IsClass: true, IsAbstract: false }
                ),
        ];
    }

    public Module Module { get; }

    public string Name => Module.Name;

    /// <summary>What the event log needs to know of it: DbContext, reactions and sagas.</summary>
    public LogModule Log { get; }

    public Type? DbContextType => Log.DbContextType;

    public IReadOnlyDictionary<string, Error> RefusalsByConstraint { get; }

    /// <summary>Whether the module signs in callers for the whole installation.</summary>
    public bool SignsIn { get; }

    public IReadOnlyList<Type> Requests { get; }

    public IReadOnlyList<(Type Interface, Type Type)> Handlers { get; }

    /// <summary>
    /// All that goes through behaviours, with what comes of it: the module's own requests, and what the Host commands.
    /// </summary>
    public IEnumerable<(Type Request, Type Result)> RequestsWithResults =>
        Handlers
            .Select(handler => handler.Interface.GenericTypeArguments)
            .Concat(
                CommandHandlers
                    .Select(handler => handler.Interface.GenericTypeArguments)
                    .Select(pair => new[] { pair[0], typeof(Result<>).MakeGenericType(pair[1]) })
            )
            .Select(pair => (pair[0], pair[1]));

    /// <summary>What the module carries out for the Host.</summary>
    public IReadOnlyList<(Type Interface, Type Type)> CommandHandlers { get; }

    /// <summary>What the module answers to the Host.</summary>
    public IReadOnlyList<(Type Interface, Type Type)> QueryHandlers { get; }

    public IReadOnlyList<(Type Interface, Type Type)> Validators { get; }

    public IReadOnlyList<ReactionDescriptor> Reactions => Log.Reactions;

    public IReadOnlyList<OutboundReaction> OutboundReactions => Log.Outbound;

    public IReadOnlyList<Type> Endpoints { get; }

    public IReadOnlyList<Type> DemoData { get; }

    public IReadOnlyList<SagaDefinition> Sagas => Log.Sagas;

    /// <summary>The event types of the module's own Contracts.</summary>
    public IReadOnlyList<Type> PublishedEvents { get; }

    /// <summary>The event types that some reaction or saga of the module is for.</summary>
    public IEnumerable<Type> ConsumedEvents => Log.ConsumedEvents;

    /// <summary>The same, and those that some outbound reaction is for.</summary>
    public IEnumerable<Type> HeardEvents => Log.ConsumedEvents.Concat(Log.OutboundEvents).Distinct();

    /// <summary>
    /// The name of the assembly that a type, or the Contracts it stands in, belongs to: <c>Orders.Contracts</c> belongs
    /// to <c>Orders</c>.
    /// </summary>
    public static string OwnerOf(Type type)
    {
        const string Suffix = ".Contracts";
        var assembly = type.Assembly.GetName().Name!;
        return assembly.EndsWith(Suffix, StringComparison.Ordinal) ? assembly[..^Suffix.Length] : assembly;
    }

    private static IEnumerable<(Type Interface, Type Type)> Implementations(Type[] types, Type openInterface) =>
        from type in types
        from found in type.GetInterfaces()
        where found.IsGenericType && found.GetGenericTypeDefinition() == openInterface
        select (found, type);

    private static Type[] ContractsOf(Assembly module)
    {
        var contracts = module
            .GetReferencedAssemblies()
            .FirstOrDefault(name =>
                string.Equals(name.Name, $"{module.GetName().Name}.Contracts", StringComparison.Ordinal)
            );
        return contracts is null ? module.GetExportedTypes() : Assembly.Load(contracts).GetExportedTypes();
    }
}
