using System.Text.Json.Nodes;
using BuildingBlocks.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.OpenApi;
using Endpoint = Microsoft.AspNetCore.Mvc.ApiExplorer.ApiDescription;

namespace Host.OpenApi;

/// <summary>
/// Says by status with which problems an operation can be answered: what its endpoint declares, and what the pipeline
/// around it says. The codes stand in the response's description, and each has an example.
/// </summary>
internal static class OperationProblems
{
    public const string Schema = "Problem";
    public const string MediaType = "application/problem+json";

    // Where nobody but the pipeline answers so, each operation refers to one response.
    private static readonly int[] Shared = [401, 403, 408, 413, 415, 429, 500, 504];

    public static void Describe(
        OpenApiOperation operation,
        Endpoint description,
        OpenApiDocument document,
        bool canSignIn
    )
    {
        var metadata = description.ActionDescriptor.EndpointMetadata;
        var own = metadata
            .OfType<DeclaredRefusals>()
            .SelectMany(declared => declared.Errors)
            .Select(Problems.DetailsOf)
            .ToLookup(StatusOf);
        var common = Refusals.OfPipeline(ShapeOf(description, canSignIn)).ToLookup(StatusOf);
        operation.Responses ??= [];
        foreach (var status in own.Concat(common).Select(problems => problems.Key).Distinct().Order())
        {
            // An endpoint that says itself what it answers so, such as one with a form of its own, is right.
            if (Array.Exists(Shared, one => one == status) && !own.Contains(status))
            {
                operation.Responses.TryAdd($"{status}", new OpenApiResponseReference(Component(status), document));
            }
            else
            {
                operation.Responses.TryAdd($"{status}", ResponseOf([.. own[status], .. common[status]], document));
            }
        }
    }

    /// <summary>The responses that operations refer to.</summary>
    public static void AddShared(OpenApiDocument document, bool canSignIn)
    {
        RequestShape all = new(
            HasParameters: true,
            HasRoute: true,
            HasBody: true,
            HasForm: true,
            IsChange: true,
            NeedsRole: true,
            IsOpen: false,
            canSignIn
        );
        foreach (
            var problems in Refusals
                .OfPipeline(all)
                .ToLookup(StatusOf)
                .Where(problems => Array.Exists(Shared, one => one == problems.Key))
        )
        {
            document.AddComponent<IOpenApiResponse>(Component(problems.Key), ResponseOf([.. problems], document));
        }
    }

    private static string Component(int status) => $"{Schema}{status}";

    private static int StatusOf(ProblemDetails problem) => problem.Status!.Value;

    private static string CodeOf(ProblemDetails problem) => (string)problem.Extensions["code"]!;

    private static RequestShape ShapeOf(Endpoint description, bool canSignIn)
    {
        var (metadata, parameters) = (description.ActionDescriptor.EndpointMetadata, description.ParameterDescriptions);
        return new(
            parameters.Any(parameter =>
                parameter.Source != BindingSource.Body && parameter.Source != BindingSource.Services
            ),
            parameters.Any(parameter => parameter.Source == BindingSource.Path),
            parameters.Any(parameter => parameter.Source == BindingSource.Body),
            metadata.OfType<TokenEndpoint>().Any(),
            !HttpMethods.IsGet(description.HttpMethod!),
            metadata.OfType<IAuthorizeData>().Any(demanded => demanded.Policy is Policies.Moderator or Policies.Admin),
            metadata.OfType<IAllowAnonymous>().Any(),
            canSignIn
        );
    }

    private static OpenApiResponse ResponseOf(IReadOnlyList<ProblemDetails> problems, OpenApiDocument document) =>
        new()
        {
            Description = string.Join("\n\n", problems.Select(problem => $"`{CodeOf(problem)}`: {problem.Detail}")),
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                [MediaType] = new()
                {
                    Schema = new OpenApiSchemaReference(Schema, document),
                    Examples = problems.ToDictionary(CodeOf, ExampleOf, StringComparer.Ordinal),
                },
            },
        };

    private static IOpenApiExample ExampleOf(ProblemDetails problem)
    {
        JsonObject value = new()
        {
            ["type"] = problem.Type,
            ["title"] = problem.Title,
            ["status"] = problem.Status,
            ["detail"] = problem.Detail,
            ["code"] = CodeOf(problem),
            ["traceId"] = "0af7651916cd43dd8448eb211c80319c",
        };
        if (
            problem.Extensions.TryGetValue("errors", out var errors)
            && errors is IReadOnlyDictionary<string, string[]> fields
        )
        {
            value["errors"] = new JsonObject(
                fields.Select(field =>
                    KeyValuePair.Create(
                        field.Key,
                        (JsonNode?)new JsonArray([.. field.Value.Select(fault => (JsonNode)fault)])
                    )
                )
            );
        }

        return new OpenApiExample { Value = value };
    }
}
