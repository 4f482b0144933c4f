using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Host.Tests.HttpFiles;

/// <summary>One request of a file, with its references not yet resolved.</summary>
/// <param name="Name">For later requests to refer to its answer; null when they do not.</param>
/// <param name="Status">What it must be answered with.</param>
/// <param name="Condition">A path and a text that the answer has in the end; null when the first will do.</param>
/// <param name="Headers">By name.</param>
/// <param name="Body">Empty when it has none.</param>
public sealed partial record HttpFileRequest(
    string? Name,
    HttpStatusCode Status,
    (string Path, string Text)? Condition,
    HttpMethod Method,
    string Address,
    IReadOnlyDictionary<string, string> Headers,
    string Body
)
{
    internal static HttpFileRequest Parse(string part, Match request)
    {
        var (method, address) = (request.Groups["method"].Value, request.Groups["address"].Value);
        var answers = Answers().Match(part);
        return new(
            Called().Match(part) is { Success: true } name ? name.Groups["name"].Value : null,
            answers.Success
                ? (HttpStatusCode)int.Parse(answers.Groups["status"].Value, CultureInfo.InvariantCulture)
                : throw new FormatException($"{method} {address} has no line '# @answers <status>'."),
            answers.Groups["path"] is { Success: true } path ? (path.Value, answers.Groups["text"].Value) : null,
            HttpMethod.Parse(method),
            address,
            request
                .Groups["headers"]
                .Value.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
                .ToDictionary(header => header[0], header => header[1], StringComparer.OrdinalIgnoreCase),
            request.Groups["body"].Value.Trim()
        );
    }

    [GeneratedRegex(@"^# @name (?<name>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Called();

    [GeneratedRegex(
        @"^# @answers (?<status>\d{3})( with (?<path>\$\S*) = (?<text>\S+))?",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Answers();
}
