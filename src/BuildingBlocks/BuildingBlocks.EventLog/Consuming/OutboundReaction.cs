using System.Reflection;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Events;

namespace BuildingBlocks.EventLog.Consuming;

/// <summary>A reaction of a module that calls out of the database, and the event it is for.</summary>
internal abstract class OutboundReaction
{
    private OutboundReaction(Type eventType, Type reactionType)
    {
        (EventType, ReactionType) = (eventType, reactionType);
        Limits = reactionType.GetCustomAttribute<OutboundLimitsAttribute>() ?? new();
    }

    public Type EventType { get; }

    public Type ReactionType { get; }

    /// <summary>The wire name of its event, in all versions.</summary>
    public string EventName => Events.EventName.Of(EventType).Name;

    public OutboundLimitsAttribute Limits { get; }

    /// <summary>The consumer group of a module's outbound reactions. No module can have a name with a dot.</summary>
    public static string ConsumerOf(string module) => $"{module}.outbound";

    /// <summary>All that a type does about events outside of the database.</summary>
    public static IEnumerable<OutboundReaction> Of(Type type) =>
        from implemented in type.GetInterfaces()
        where implemented.IsGenericType && implemented.GetGenericTypeDefinition() == typeof(IOutboundReaction<>)
        select (OutboundReaction)
            Activator.CreateInstance(typeof(To<>).MakeGenericType(implemented.GenericTypeArguments[0]), type)!;

    public abstract Task CallAsync(
        object reaction,
        IIntegrationEvent happened,
        EventContext context,
        CancellationToken cancellationToken
    );

    private sealed class To<TEvent>(Type reactionType) : OutboundReaction(typeof(TEvent), reactionType)
        where TEvent : IIntegrationEvent
    {
        public override Task CallAsync(
            object reaction,
            IIntegrationEvent happened,
            EventContext context,
            CancellationToken cancellationToken
        ) => ((IOutboundReaction<TEvent>)reaction).Handle((TEvent)happened, context, cancellationToken);
    }
}
