using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Host.Tests.HttpFiles;

/// <summary>
/// Requests as editors read them: <c>@variable = value</c>, and between lines that begin with ### a request each, with
/// <c># @name</c> for later ones to refer to its answer, and <c># @answers 200 with $.path = text</c> for what the
/// tests expect.
/// </summary>
public sealed partial class HttpFile
{
    private readonly Dictionary<string, string> values;

    private HttpFile(Dictionary<string, string> variables, IReadOnlyList<HttpFileRequest> requests) =>
        (values, Requests) = (variables, requests);

    /// <summary>In the order in which they stand there.</summary>
    public IReadOnlyList<HttpFileRequest> Requests { get; }

    /// <summary>Reads a file's text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="settings">Values that variables of the file have instead of those written there.</param>
    /// <exception cref="FormatException">A request says no method, address or answer.</exception>
    public static HttpFile Parse(string text, IReadOnlyDictionary<string, string> settings)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        List<HttpFileRequest> requests = [];
        foreach (var part in Separator().Split(text))
        {
            foreach (Match variable in Variable().Matches(part))
            {
                var name = variable.Groups["name"].Value;
                variables[name] = settings.GetValueOrDefault(name, variable.Groups["value"].Value.Trim());
            }

            if (Request().Match(part) is { Success: true } request)
            {
                requests.Add(HttpFileRequest.Parse(part, request));
            }
        }

        return new(variables, requests);
    }

    /// <summary>A text with the values of what stands in double braces.</summary>
    /// <param name="text">The text.</param>
    /// <param name="answers">The bodies of the answers so far, by the names of their requests.</param>
    /// <exception cref="FormatException">There is no such variable, answer or member of one.</exception>
    public string Resolve(string text, IReadOnlyDictionary<string, JsonNode?> answers) =>
        Reference()
            .Replace(text, reference =>
                ValueOf(reference.Groups["name"].Value, answers)
                ?? throw new FormatException($"{reference.Value} has no value.")
            );

    private string? ValueOf(string name, IReadOnlyDictionary<string, JsonNode?> answers) =>
        string.Equals(name, "$timestamp", StringComparison.Ordinal)
            ? TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)
        : name.Split(".response.body.", 2) is [var request, var path]
            ? answers.GetValueOrDefault(request) is { } body ? JsonPath.Text(body, path)
                : null
        : values.GetValueOrDefault(name);

    [GeneratedRegex(@"^###.*$", RegexOptions.Multiline, 1000)]
    private static partial Regex Separator();

    [GeneratedRegex(@"^@(?<name>\w+) *= *(?<value>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();

    [GeneratedRegex(
        @"^(?<method>[A-Z]+) (?<address>\S+)\r?\n(?<headers>([\w-]+:.*\r?\n)*)(\r?\n(?<body>[\s\S]*))?",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Request();

    [GeneratedRegex(@"{{(?<name>[^}]+)}}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference();
}
