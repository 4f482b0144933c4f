using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;

namespace Host.OpenApi;

/// <summary>Names schemas by module and type, so that two modules' records of one name never share a schema.</summary>
internal static class SchemaIds
{
    /// <summary>
    /// The id under which a type's schema stands in the document, or null for one that is written out where it is used.
    /// </summary>
    public static string? Of(JsonTypeInfo type) =>
        OpenApiOptions.CreateDefaultSchemaReferenceId(type) is { } id ? ModuleOf(type.Type) + id : null;

    private static string ModuleOf(Type type)
    {
        // A generic type such as a page of products belongs to the module of what it holds.
        var subject = type.IsGenericType ? type.GetGenericArguments()[^1] : type;
        var root = (subject.Namespace ?? "").Split('.')[0];
        return root is "System" or "Microsoft" or "BuildingBlocks" ? "" : root;
    }
}
