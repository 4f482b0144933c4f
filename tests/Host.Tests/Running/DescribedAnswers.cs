using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Host.Tests.Running;

/// <summary>
/// Holds answers against the OpenAPI document of the Host that gave them: a status or a problem code that is not
/// declared there fails the test.
/// </summary>
public sealed class DescribedAnswers
{
    private readonly (string[] Path, JsonObject Operations)[] paths;
    private readonly JsonNode document;

    private DescribedAnswers(JsonNode document)
    {
        this.document = document;
        // Of /posts/mine and /posts/{id}, the first is meant by /posts/mine.
        paths =
        [
            .. document["paths"]!
                .AsObject()
                .OrderBy(path => path.Key.Count(letter => letter == '{'))
                .Select(path => (path.Key.Split('/'), path.Value!.AsObject())),
        ];
    }

    public static async Task<DescribedAnswers> OfAsync(HostProcess host)
    {
        using Api api = new(host.Address);
        return new((await api.Get("/openapi/v1.json")).Expect(HttpStatusCode.OK));
    }

    /// <summary>
    /// All that the Host answers to, with the tag it stands under: a module's name, or a part of the Host.
    /// </summary>
    public IEnumerable<(string Tag, string Name)> Operations =>
        paths
            .SelectMany(path => path.Operations)
            .Select(operation => ((string)operation.Value!["tags"]![0]!, (string)operation.Value!["operationId"]!));

    /// <summary>The name of what answers, or null when nothing does.</summary>
    public string? NameOf(HttpMethod method, string path) => (string?)OperationOf(method, path)?["operationId"];

    public void Hold(HttpMethod method, string path, Answer answer)
    {
        if (OperationOf(method, path) is not { } operation)
        {
            return;
        }

        var name = (string)operation["operationId"]!;
        var status = ((int)answer.Status).ToString(CultureInfo.InvariantCulture);
        var response = Resolved(operation["responses"]![status])
            .ShouldNotBeNull($"{method} {path} answered {status} {answer.Code}, which {name} does not declare.");
        if (answer.Code is { } code)
        {
            response["content"]
                ?["application/problem+json"]?["examples"]?[code].ShouldNotBeNull(
                    $"{method} {path} answered the code {code}, which {name} does not declare for {status}."
                );
        }
    }

    private JsonNode? OperationOf(HttpMethod method, string path) =>
        paths
            .Where(known => Matches(known.Path, path.Split('/')))
            .Select(known =>
                known
                    .Operations.FirstOrDefault(one =>
                        string.Equals(one.Key, method.Method, StringComparison.OrdinalIgnoreCase)
                    )
                    .Value
            )
            .FirstOrDefault(operation => operation is not null);

    private static bool Matches(string[] template, string[] path) =>
        template.Length == path.Length
        && template
            .Zip(path)
            .All(parts =>
                parts.First.StartsWith('{')
                    ? parts.Second.Length > 0
                    : string.Equals(parts.First, parts.Second, StringComparison.Ordinal)
            );

    private JsonNode? Resolved(JsonNode? response) =>
        (string?)response?["$ref"] is { } reference
            ? document["components"]!["responses"]![reference.Split('/')[^1]]
            : response;
}
