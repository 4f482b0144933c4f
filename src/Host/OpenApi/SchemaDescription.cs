using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Host.OpenApi;

/// <summary>Describes a record and its parts with their doc comments.</summary>
internal static class SchemaDescription
{
    public static void Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, DocComments comments)
    {
        if (schema is { Enum.Count: > 0, Type: null })
        {
            // Enums travel as their names.
            schema.Type = JsonSchemaType.String;
        }

        if (context.JsonPropertyInfo is { } property)
        {
            schema.Description ??= comments.SummaryOf(property.DeclaringType, NameOf(property));
        }
        else
        {
            schema.Description ??= comments.SummaryOf(context.JsonTypeInfo.Type);
        }
    }

    /// <summary>The name of the member behind a property.</summary>
    public static string NameOf(JsonPropertyInfo property) =>
        (property.AttributeProvider as System.Reflection.MemberInfo)?.Name ?? property.Name;
}
