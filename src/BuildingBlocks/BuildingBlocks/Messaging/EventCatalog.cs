using BuildingBlocks.Contracts;

namespace BuildingBlocks.Messaging;

/// <summary>The event types a Host knows, by wire name and version, and the module each comes from.</summary>
internal sealed class EventCatalog
{
    private readonly Dictionary<EventName, Type> types = [];

    /// <summary>Adds a type; false when another type already has its wire name and version.</summary>
    public bool TryAdd(Type type, out Type known)
    {
        var name = EventName.Of(type);
        if (types.TryGetValue(name, out known!))
        {
            return known == type;
        }

        types[name] = known = type;
        return true;
    }

    /// <exception cref="InvalidOperationException">No type has this wire name and version.</exception>
    public IIntegrationEvent Read(string eventType, short version, string payload) =>
        types.TryGetValue(new(eventType, version), out var type)
            ? EventSerializer.Deserialize(payload, type)
            : throw new InvalidOperationException($"No event type is known for {eventType} version {version}.");
}
