using System.Reflection;
using BuildingBlocks.Web;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Host.OpenApi;

/// <summary>
/// Names an operation after its module and endpoint class, for two modules may have a use case of one name, and
/// describes it with the doc comment of its request.
/// </summary>
internal static class EndpointDescription
{
    private const string Suffix = "Endpoint";
    private const char Separator = '_';

    public static void Describe(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        DocComments comments
    )
    {
        var description = context.Description;
        var endpoint = EndpointOf(
            description.ActionDescriptor.EndpointMetadata.OfType<MethodInfo>().FirstOrDefault()?.DeclaringType
        );
        if (endpoint is null)
        {
            foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
            {
                parameter.Example ??= description
                    .ActionDescriptor.EndpointMetadata.OfType<ParameterExample>()
                    .FirstOrDefault(example => string.Equals(example.Name, parameter.Name, StringComparison.Ordinal))
                    ?.Text;
            }

            operation.Summary ??= operation.OperationId is { } id ? Words(id) : null;
            var path = description.RelativePath?.Replace('/', Separator);
            operation.OperationId ??=
                $"{description.HttpMethod}{Separator}"
                + path?.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
            return;
        }

        var useCase = endpoint.Name.EndsWith(Suffix, StringComparison.Ordinal)
            ? endpoint.Name[..^Suffix.Length]
            : endpoint.Name;
        operation.OperationId ??= endpoint.Assembly.GetName().Name + useCase;
        operation.Summary ??= Words(useCase);
        operation.Description ??= SummaryOf(endpoint, useCase, comments);
        if (endpoint.Assembly.GetType($"{endpoint.Namespace}.{useCase}") is { } request)
        {
            foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
            {
                Describe(parameter, request, comments);
            }
        }
    }

    /// <summary>A page fills in examples, so only what must be given has one.</summary>
    private static void Describe(OpenApiParameter parameter, Type request, DocComments comments)
    {
        // The address names what the request is about as id, the request itself as its first parameter; a header
        // joins its words with hyphens.
        var name = string.Equals(parameter.Name, "id", StringComparison.Ordinal)
            ? request.GetConstructors().FirstOrDefault()?.GetParameters().FirstOrDefault()?.Name ?? "id"
            : parameter.Name!.Replace("-", "", StringComparison.Ordinal);
        parameter.Description ??= comments.SummaryOf(request, name);
        parameter.Example ??= parameter.Required ? comments.ExampleOf(request, name) : null;
    }

    /// <summary><c>PlaceOrder</c> becomes <c>Place order</c>.</summary>
    private static string Words(string name) =>
        string.Concat(
            name.Select(
                (letter, i) => i > 0 && char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{letter}"
            )
        );

    // An endpoint's lambda stands in a class that the compiler nests into the endpoint.
    private static Type? EndpointOf(Type? declaring)
    {
        for (var type = declaring; type is not null; type = type.DeclaringType)
        {
            if (type.IsAssignableTo(typeof(IEndpoint)))
            {
                return type;
            }
        }

        return null;
    }

    private static string? SummaryOf(Type endpoint, string useCase, DocComments comments) =>
        (
            endpoint.Assembly.GetType($"{endpoint.Namespace}.{useCase}") is { } request
                ? comments.SummaryOf(request)
                : null
        ) ?? comments.SummaryOf(endpoint);
}
