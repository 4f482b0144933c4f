using System.Reflection;
using System.Text.Json;
using BuildingBlocks.Contracts;

namespace BuildingBlocks.EventLog.Events;

/// <summary>
/// The event types a Host knows, by wire name and version, and how older versions are lifted to the newest.
/// </summary>
internal sealed class EventCatalog
{
    private readonly Dictionary<EventName, Type> types = [];
    private readonly Dictionary<Type, Lift> lifts = [];

    private delegate IIntegrationEvent Lift(IIntegrationEvent older);

    /// <summary>Adds a type, and the older versions it can be lifted from.</summary>
    /// <returns>The other type that already has this wire name and version; null when there is none.</returns>
    public Type? Add(Type type)
    {
        if (!types.TryAdd(EventName.Of(type), type))
        {
            var known = types[EventName.Of(type)];
            return known == type ? null : known;
        }

        Type? taken = null;
        foreach (var upcast in UpcastsInto(type))
        {
            var older = upcast.GenericTypeArguments[0];
            lifts[older] = LiftBy(upcast, type);
            taken ??= Add(older);
        }

        return taken;
    }

    /// <summary>
    /// The version that a stored event of this type is lifted to before anybody reacts to it; null when it is the
    /// newest.
    /// </summary>
    public Type? NewerThan(Type type) => lifts.ContainsKey(type) ? NewestOf(type) : null;

    /// <summary>The type with this wire name and version, or null.</summary>
    public Type? TypeOf(string eventType, short version) => types.GetValueOrDefault(new(eventType, version));

    /// <exception cref="InvalidOperationException">No type has this wire name and version.</exception>
    /// <exception cref="JsonException">The payload is not what the type promises.</exception>
    public IIntegrationEvent Read(string eventType, short version, string payload)
    {
        var type = TypeOf(eventType, version)
            ?? throw new InvalidOperationException($"No event type is known for {eventType} version {version}.");
        var happened = EventSerializer.Deserialize(payload, type);
        while (lifts.TryGetValue(happened.GetType(), out var lift))
        {
            happened = lift(happened);
        }

        return happened;
    }

    private Type NewestOf(Type type) =>
        types.Values.FirstOrDefault(newer => UpcastsInto(newer).Any(upcast => upcast.GenericTypeArguments[0] == type))
            is { } next
            ? NewestOf(next)
            : type;

    private static IEnumerable<Type> UpcastsInto(Type type) =>
        type.GetInterfaces()
            .Where(candidate =>
                candidate.IsGenericType
                && candidate.GetGenericTypeDefinition() == typeof(IUpcast<,>)
                && candidate.GenericTypeArguments[1] == type
            );

    private static Lift LiftBy(Type upcast, Type newer) =>
        (Lift)
            typeof(EventCatalog)
                .GetMethod(nameof(LiftOf), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(upcast.GenericTypeArguments[0], newer)
                .Invoke(null, null)!;

    private static Lift LiftOf<TOlder, TNewer>()
        where TOlder : IIntegrationEvent
        where TNewer : IIntegrationEvent, IUpcast<TOlder, TNewer> => older => TNewer.Upcast((TOlder)older);
}
