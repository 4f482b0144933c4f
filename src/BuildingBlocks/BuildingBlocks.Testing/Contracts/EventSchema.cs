using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using BuildingBlocks.EventLog.Events;

namespace BuildingBlocks.Testing.Contracts;

/// <summary>
/// The shape of an event's payload as the serializer of the event log writes it, as JSON schema 2020-12. Beside what
/// JSON itself tells apart, formats tell what a consumer relies on: how large a number may become, whether a text is an
/// id or an instant, what the numbers of an enum stand for.
/// </summary>
internal static class EventSchema
{
    public const string Dialect = "https://json-schema.org/draft/2020-12/schema";
    public const string ModuleKeyword = "x-module";
    public const string EnumKeyword = "x-enum";

    // Numbers in quotes are read, for tolerance, but never written; the schema tells what is written.
    private static readonly JsonSerializerOptions Written = new(EventSerializer.Options)
    {
        NumberHandling = EventSerializer.Options.NumberHandling & ~JsonNumberHandling.AllowReadingFromString,
    };

    private static readonly JsonSchemaExporterOptions Exporter = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Complete,
    };

    // What the exporter leaves open. A DateTime may or may not carry an offset, so it is no date-time.
    private static readonly Dictionary<Type, string> Formats = new()
    {
        [typeof(byte)] = "uint8",
        [typeof(sbyte)] = "int8",
        [typeof(short)] = "int16",
        [typeof(ushort)] = "uint16",
        [typeof(int)] = "int32",
        [typeof(uint)] = "uint32",
        [typeof(long)] = "int64",
        [typeof(ulong)] = "uint64",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(DateTime)] = "date-time-local",
        [typeof(byte[])] = "byte",
    };

    public static JsonObject Of(EventContract contract)
    {
        var shape = (JsonObject)JsonSchemaExporter.GetJsonSchemaAsNode(Written, contract.Type, Exporter);
        JsonObject schema = new()
        {
            ["$schema"] = Dialect,
            ["$id"] = contract.SchemaId,
            [ModuleKeyword] = contract.Module,
        };
        foreach (var (keyword, value) in shape.ToArray())
        {
            shape.Remove(keyword);
            schema[keyword] = value;
        }

        return schema;
    }

    private static JsonNode Complete(JsonSchemaExporterContext context, JsonNode node)
    {
        if (node is not JsonObject schema)
        {
            return node;
        }

        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (Formats.TryGetValue(type, out var format))
        {
            schema["format"] = format;
        }

        if (type.IsEnum)
        {
            Enumerate(schema, type);
        }

        if (context.PropertyInfo?.AttributeProvider is PropertyInfo property)
        {
            LetElementsBeNull(schema, new NullabilityInfoContext().Create(property));
        }

        if (context.PropertyInfo is { } ruled)
        {
            RuleKeywords.AddTo(schema, ruled);
        }

        if (
            context.PropertyInfo is { } member
            && DocComments.Of(member.DeclaringType).Member(member.DeclaringType, ClrNameOf(member)) is { } meaning
        )
        {
            schema.Insert(0, "description", meaning);
        }
        else if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && DocComments.Of(type).Summary(type) is { } summary)
        {
            schema.Insert(0, "description", summary);
        }

        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            schema.Insert(0, "title", type.Name);
        }

        return schema;
    }

    /// <summary>An enum that is written as a number says nothing of its values by itself.</summary>
    private static void Enumerate(JsonObject schema, Type type)
    {
        if (schema.ContainsKey("enum"))
        {
            return;
        }

        schema["format"] = Formats[Enum.GetUnderlyingType(type)];
        schema[EnumKeyword] = new JsonObject(
            Enum.GetNames(type)
                .Select(name =>
                    KeyValuePair.Create<string, JsonNode?>(
                        name,
                        Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)
                    )
                )
        );
    }

    /// <summary>The exporter does not see that a list is one of records that may be null.</summary>
    private static void LetElementsBeNull(JsonObject schema, NullabilityInfo nullability)
    {
        var element = nullability.ElementType ?? nullability.GenericTypeArguments.LastOrDefault();
        foreach (var keyword in new[] { "items", "additionalProperties" })
        {
            if (element is null || schema[keyword] is not JsonObject elements)
            {
                continue;
            }

            if (element.ReadState == NullabilityState.Nullable && elements["type"] is JsonValue type)
            {
                elements["type"] = new JsonArray(type.DeepClone(), "null");
            }

            LetElementsBeNull(elements, element);
        }
    }

    private static string ClrNameOf(JsonPropertyInfo member) =>
        (member.AttributeProvider as MemberInfo)?.Name ?? member.Name;
}
