using System.Text.Json;
using System.Text.RegularExpressions;
using BuildingBlocks.Application;

namespace BuildingBlocks.Web;

/// <summary>Tells a caller where their JSON is wrong and what belongs there, without the names of our types.</summary>
internal static partial class JsonFaults
{
    public static Error Of(JsonException exception)
    {
        var path = PathOf(exception);
        var fault = exception.InnerException is JsonException || string.Equals(exception.InnerException?.GetType().Name, "JsonReaderException", StringComparison.Ordinal)
            ? $"is no valid JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}"
            : ExpectationOf(exception.Message);
        var place = path.Length == 0 ? "The body" : $"'{path}'";
        var error = Error.Invalid("request.invalid-json", $"{place} {fault}.");
        return path.Length == 0 ? error : error.At(path);
    }

    /// <summary><c>$.items[0].quantity</c> becomes <c>items[0].quantity</c>.</summary>
    private static string PathOf(JsonException exception) => (exception.Path ?? "").TrimStart('$').TrimStart('.');

    private static string ExpectationOf(string message)
    {
        if (message.StartsWith("Duplicate property", StringComparison.Ordinal))
        {
            return "is given more than once";
        }

        var type = TargetType().Match(message) is { Success: true } match ? match.Groups["type"].Value : "";
        return type switch
        {
            _ when type.Contains("System.Guid", StringComparison.Ordinal) => "must be a UUID such as \"0198a000-0000-7000-8000-000000000001\"",
            _ when type.Contains("System.Int", StringComparison.Ordinal) => "must be a whole number, without quotes, in the range of its format",
            _ when type.Contains("System.Decimal", StringComparison.Ordinal) || type.Contains("System.Double", StringComparison.Ordinal)
                => "must be a number, without quotes",
            _ when type.Contains("System.String", StringComparison.Ordinal) => "must be a string",
            _ when type.Contains("System.Boolean", StringComparison.Ordinal) => "must be true or false",
            _ when type.Contains("System.Date", StringComparison.Ordinal) => "must be a time such as \"2026-01-31T12:00:00Z\"",
            _ when type.Contains("List", StringComparison.Ordinal) || type.EndsWith("[]", StringComparison.Ordinal) => "must be an array",
            _ => "is not what belongs there; see /openapi/v1.json",
        };
    }

    // System.Text.Json says what it wanted only in its message.
    [GeneratedRegex(@"converted to (?<type>\S+?)\.?(\s|$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TargetType();
}
