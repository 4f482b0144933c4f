using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BuildingBlocks.EventLog.Events;

/// <summary>
/// An event as a CloudEvent 1.0 in the structured mode of JSON, the form in which events leave the installation. The
/// version is part of the type, so that whoever filters by type is never handed a shape it does not know.
/// </summary>
internal static class CloudEventForm
{
    public const string ContentType = "application/cloudevents+json";

    /// <summary>Where events of a module come from.</summary>
    public static string SourceOf(string module) => $"/modules/{module}";

    /// <summary><c>order.confirmed.v2</c>.</summary>
    public static string TypeOf(string name, short version) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}.v{version}");

    /// <summary>The id of the JSON schema that the data follows.</summary>
    public static string SchemaOf(string name, short version) =>
        string.Create(CultureInfo.InvariantCulture, $"urn:event:{name}:{version}");

    public static string Of(EventContext context, string payload)
    {
        ArrayBufferWriter<byte> written = new();
        using (Utf8JsonWriter json = new(written))
        {
            json.WriteStartObject();
            json.WriteString("specversion", "1.0");
            json.WriteString("id", context.EventId);
            json.WriteString("source", SourceOf(context.Source));
            json.WriteString("type", TypeOf(context.Type, context.Version));
            json.WriteString("subject", context.Key);
            json.WriteString("time", context.OccurredAt.ToUniversalTime());
            json.WriteString("datacontenttype", "application/json");
            json.WriteString("dataschema", SchemaOf(context.Type, context.Version));
            json.WriteString("correlationid", context.CorrelationId);
            WriteUnlessNull(json, "causationid", context.CausationId);
            WriteUnlessNull(json, "traceparent", context.TraceParent);
            json.WritePropertyName("data");
            json.WriteRawValue(payload);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(written.WrittenSpan);
    }

    /// <summary>An attribute of a CloudEvent is there with a value or not at all.</summary>
    private static void WriteUnlessNull(Utf8JsonWriter json, string attribute, string? value)
    {
        if (value is not null)
        {
            json.WriteString(attribute, value);
        }
    }
}
