using BuildingBlocks.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Host.OpenApi;

/// <summary>The OpenAPI 3.1 document, made from the endpoints and their doc comments.</summary>
internal static class ApiDescription
{
    private const string DocumentName = "v1";
    private const string Bearer = "bearer";
    private const string Problem = "Problem";

    public static void AddApiDescription(this WebApplicationBuilder builder) => builder.Services.AddOpenApi(DocumentName, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.CreateSchemaReferenceId = SchemaIds.Of;
        DocComments comments = new();
        options.AddDocumentTransformer(async (document, context, _) => Introduce(document, await WebRequests.SignsInAsync(context.ApplicationServices)));
        options.AddOperationTransformer((operation, context, _) =>
        {
            EndpointDescription.Describe(operation, context, comments);
            Complete(operation, context);
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            SchemaDescription.Describe(schema, context, comments);
            return Task.CompletedTask;
        });
    });

    public static void MapApiDescription(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        app.MapApiPages();
    }

    private static void Introduce(OpenApiDocument document, bool signsIn)
    {
        document.Info = new()
        {
            Title = "Modular monolith",
            Version = DocumentName,
            Description = "Every module's use cases. Refusals are problem details (RFC 9457) with a stable `code`, and `errors` by field path where a field is to blame.",
            License = new() { Name = "MIT", Identifier = "MIT" },
            Contact = new() { Name = "Whoever runs this installation" },
        };
        foreach (var server in document.Servers ?? [])
        {
            server.Url = server.Url?.TrimEnd('/');
        }

        document.Components ??= new();
        document.AddComponent(Bearer, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = signsIn ? "The accessToken that POST /users/login answers." : "No module of this Host signs callers in: whatever needs a token answers 401.",
        });
        document.AddComponent(Problem, ProblemSchema());
        document.AddComponent<IOpenApiResponse>(Problem, new OpenApiResponse
        {
            Description = "Refused or failed, with the reason.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Problem, document) },
            },
        });
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
        {
            tag.Description ??= tag.Name switch
            {
                "operations" => "For operators of this installation.",
                "composition" => "Answers composed of what several modules tell.",
                "reference" => "Codes that every module knows.",
                _ => $"Use cases of module {tag.Name}.",
            };
        }
    }

    private static void Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var document = context.Document!;
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Responses ??= [];
        operation.Responses["4XX"] = new OpenApiResponseReference(Problem, document);
        operation.Responses["5XX"] = new OpenApiResponseReference(Problem, document);

        if (metadata.OfType<ProjectionRead>().Any())
        {
            DescribeProjectionRead(operation);
        }

        var isOpen = metadata.OfType<IAllowAnonymous>().Any();
        operation.Security = isOpen ? [] : [new() { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
    }

    private static void DescribeProjectionRead(OpenApiOperation operation)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = ProjectionRead.TokenHeader,
            In = ParameterLocation.Header,
            Description = "What a command answered in this header: the answer then shows its effects, or is 503 when they take too long to arrive.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
        if (operation.Responses?.GetValueOrDefault("200") is OpenApiResponse answer)
        {
            answer.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal);
            answer.Headers[ProjectionRead.AsOfHeader] = new OpenApiHeader
            {
                Description = "The time as of which the answer is current, UTC.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
            };
        }
    }

    private static OpenApiSchema ProblemSchema()
    {
        return new()
        {
            Type = JsonSchemaType.Object,
            Description = "Problem details (RFC 9457).",
            Required = new HashSet<string>(StringComparer.Ordinal) { "type", "title", "status", "code", "traceId" },
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["type"] = Text("urn:problem: and the code."),
                ["title"] = Text("The sort of refusal, for a person."),
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Description = "The HTTP status." },
                ["detail"] = Text("What is wrong and what to do about it, for a person."),
                ["code"] = Text("Stable and machine-readable, such as orders.unknown-product."),
                ["errors"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Description = "What is wrong with single fields, by path such as items[0].quantity.",
                    AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
                },
                ["traceId"] = Text("Quote it when you report the problem."),
            },
        };

        static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
    }
}
