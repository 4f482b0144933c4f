using BuildingBlocks.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Host.OpenApi;

/// <summary>The OpenAPI 3.1 document, made from the endpoints and their doc comments.</summary>
internal static class ApiDescription
{
    private const string DocumentName = "v1";
    private const string Bearer = "bearer";
    private const string OAuth = "signIn";
    private const string Form = "application/x-www-form-urlencoded";

    public static void AddApiDescription(this WebApplicationBuilder builder) =>
        builder.Services.AddOpenApi(DocumentName, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.CreateSchemaReferenceId = SchemaIds.Of;
            DocComments comments = new();
            options.AddDocumentTransformer(
                async (document, context, _) =>
                    Introduce(
                        document,
                        TokenAddressOf(context.ApplicationServices),
                        await WebRequests.SignsInAsync(context.ApplicationServices)
                    )
            );
            options.AddOperationTransformer(
                async (operation, context, cancellationToken) =>
                {
                    EndpointDescription.Describe(operation, context, comments);
                    await DescribeBodyAsync(operation, context, comments, cancellationToken);
                    Complete(operation, context, await WebRequests.SignsInAsync(context.ApplicationServices));
                }
            );
            options.AddSchemaTransformer(
                (schema, context, _) =>
                {
                    SchemaDescription.Describe(schema, context, comments);
                    return Task.CompletedTask;
                }
            );
        });

    public static void MapApiDescription(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        app.MapApiPages();
    }

    /// <summary>Where access tokens are given, when a module of this Host gives any.</summary>
    private static string? TokenAddressOf(IServiceProvider services) =>
        services
            .GetRequiredService<IApiDescriptionGroupCollectionProvider>()
            .ApiDescriptionGroups.Items.SelectMany(group => group.Items)
            .FirstOrDefault(one => one.ActionDescriptor.EndpointMetadata.OfType<TokenEndpoint>().Any())
            is { RelativePath: { } path }
            ? $"/{path}"
            : null;

    private static void Introduce(OpenApiDocument document, string? tokenAddress, bool signsIn)
    {
        document.Info = new()
        {
            Title = "Modular monolith",
            Version = DocumentName,
            Description =
                "Every module's use cases. Refusals are problem details (RFC 9457) with a stable `code`, and `errors` "
                + "by field path where a field is to blame.",
            License = new() { Name = "MIT", Identifier = "MIT" },
            Contact = new() { Name = "Whoever runs this installation" },
        };
        foreach (var server in document.Servers ?? [])
        {
            server.Url = server.Url?.TrimEnd('/');
        }

        document.Components ??= new();
        document.AddComponent(
            Bearer,
            new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = signsIn
                    ? "The accessToken that POST /users/login answers."
                    : "No module of this Host signs callers in: whatever needs a token answers 401.",
            }
        );
        if (tokenAddress is not null)
        {
            Uri address = new(document.Servers?.FirstOrDefault()?.Url + tokenAddress, UriKind.RelativeOrAbsolute);
            document.AddComponent(
                OAuth,
                new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.OAuth2,
                    Description = "Signs in with e-mail address and password; leave client_id and client_secret empty.",
                    Flows = new()
                    {
                        Password = new()
                        {
                            TokenUrl = address,
                            RefreshUrl = address,
                            Scopes = new Dictionary<string, string>(StringComparer.Ordinal),
                        },
                    },
                }
            );
        }

        document.AddComponent(OperationProblems.Schema, ProblemSchema());
        OperationProblems.AddShared(document, signsIn);
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

    private static void Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context, bool canSignIn)
    {
        var document = context.Document!;
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        OperationProblems.Describe(operation, context.Description, document, canSignIn);
        if (metadata.OfType<ProjectionRead>().Any())
        {
            DescribeProjectionRead(operation);
        }

        string[] ways = TokenAddressOf(context.ApplicationServices) is null ? [Bearer] : [OAuth, Bearer];
        operation.Security = metadata.OfType<IAllowAnonymous>().Any()
            ? []
            :
            [
                .. ways.Select(way => new OpenApiSecurityRequirement
                {
                    [new OpenApiSecuritySchemeReference(way, document)] = [],
                }),
            ];
    }

    private static async Task DescribeBodyAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        DocComments comments,
        CancellationToken cancellationToken
    )
    {
        var description = context.Description;
        var json = context.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var token = description.ActionDescriptor.EndpointMetadata.OfType<TokenEndpoint>().FirstOrDefault();
        if (token is not null)
        {
            var id = SchemaIds.Of(json.GetTypeInfo(token.Form))!;
            var form = await context.GetOrCreateSchemaAsync(token.Form, parameterDescription: null, cancellationToken);
            context.Document!.AddComponent(id, form);
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    [Form] = new() { Schema = new OpenApiSchemaReference(id, context.Document) },
                },
            };
        }

        var type = token?.Form
            ?? description.ParameterDescriptions.FirstOrDefault(one => one.Source == BindingSource.Body)?.Type;
        foreach (var content in operation.RequestBody?.Content?.Values ?? [])
        {
            content.Example ??= type is null ? null : Examples.Of(type, json, comments);
        }
    }

    private static void DescribeProjectionRead(OpenApiOperation operation)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(
            new OpenApiParameter
            {
                Name = ProjectionRead.TokenHeader,
                In = ParameterLocation.Header,
                Description =
                    "What a command answered in this header: the answer then shows its effects, or is 503 when they "
                    + "take too long to arrive.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            }
        );
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
                ["status"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Integer,
                    Format = "int32",
                    Description = "The HTTP status.",
                },
                ["detail"] = Text("What is wrong and what to do about it, for a person."),
                ["code"] = Text("Stable and machine-readable, such as orders.unknown-product."),
                ["errors"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Description = "What is wrong with single fields, by path such as items[0].quantity.",
                    AdditionalProperties = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Array,
                        Items = new OpenApiSchema { Type = JsonSchemaType.String },
                    },
                },
                ["traceId"] = Text("Quote it when you report the problem."),
            },
        };

        static OpenApiSchema Text(string description) =>
            new() { Type = JsonSchemaType.String, Description = description };
    }
}
