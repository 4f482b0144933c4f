using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BuildingBlocks.Contracts;

namespace BuildingBlocks.EventLog.Events;

/// <summary>Events as JSON: camelCase, without the key, which the envelope carries.</summary>
internal static class EventSerializer
{
    /// <summary>
    /// What every event is written and read with; the published schemas are made from it. Members that newer versions
    /// of a publisher added are passed over; one that is missing, or null where it may not be, is refused in both
    /// directions and never becomes a zero.
    /// </summary>
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            RespectRequiredConstructorParameters = true,
            RespectNullableAnnotations = true,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutKey } },
        };

    public static string Serialize(IIntegrationEvent happened) =>
        JsonSerializer.Serialize(happened, happened.GetType(), Options);

    /// <exception cref="JsonException">The payload is not what the type promises.</exception>
    public static IIntegrationEvent Deserialize(string payload, Type type) =>
        (IIntegrationEvent?)JsonSerializer.Deserialize(payload, type, Options)
        ?? throw new JsonException("The payload of an event is null.");

    private static void LeaveOutKey(JsonTypeInfo type)
    {
        if (!type.Type.IsAssignableTo(typeof(IIntegrationEvent)))
        {
            return;
        }

        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            if (string.Equals(type.Properties[i].Name, "key", StringComparison.Ordinal))
            {
                type.Properties.RemoveAt(i);
            }
        }
    }
}

/// <summary>The wire name and version of an event type.</summary>
internal readonly record struct EventName(string Name, short Version)
{
    private static readonly ConcurrentDictionary<Type, EventName> Known = new();

    /// <exception cref="InvalidOperationException">The type lacks the attribute; start-up refuses such a type in
    /// Contracts.</exception>
    public static EventName Of(Type type) =>
        Known.GetOrAdd(type, static type =>
            type.GetCustomAttribute<IntegrationEventAttribute>() is { } attribute
                ? new(attribute.Name, attribute.Version)
                : throw new InvalidOperationException(
                    $"{type.FullName} is published but has no [IntegrationEvent] attribute."
                )
        );

    /// <summary>Whether the type has the attribute.</summary>
    public static bool IsGivenTo(Type type) => Attribute.IsDefined(type, typeof(IntegrationEventAttribute));

    public override string ToString() => $"{Name} {Version}";
}
