using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Host.OpenApi;

/// <summary>
/// Makes examples of requests from what the doc comments of their records say: <c>example="..."</c> of a parameter.
/// </summary>
internal static class Examples
{
    /// <summary>
    /// A whole body; null when nothing is said of its parts. Parts that may be left out and have no example are left
    /// out.
    /// </summary>
    public static JsonNode? Of(Type type, JsonSerializerOptions json, DocComments comments)
    {
        var known = json.GetTypeInfo(type);
        if (known.Kind == JsonTypeInfoKind.Enumerable && known.ElementType is { } element)
        {
            return Of(element, json, comments) is { } item ? new JsonArray(item) : null;
        }

        if (known.Kind != JsonTypeInfoKind.Object)
        {
            return null;
        }

        JsonObject body = [];
        foreach (var property in known.Properties.Where(property => property.Get is not null))
        {
            var example = comments.ExampleOf(property.DeclaringType, SchemaDescription.NameOf(property)) is { } text
                ? Parse(text, property.PropertyType)
                : Of(property.PropertyType, json, comments);
            if (example is not null)
            {
                body[property.Name] = example;
            }
        }

        return body.Count > 0 ? body : null;
    }

    /// <summary>Text as it is, everything else as JSON.</summary>
    public static JsonNode? Parse(string text, Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(string) || plain == typeof(Guid) || plain == typeof(DateTimeOffset) || plain.IsEnum
            ? JsonValue.Create(text)
            : JsonNode.Parse(text);
    }
}

/// <summary>An example for a parameter of an endpoint that has no request record to say it.</summary>
internal sealed record ParameterExample(string Name, string Text);
