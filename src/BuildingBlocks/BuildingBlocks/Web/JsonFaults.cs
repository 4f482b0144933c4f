using System.Text.Json;
using BuildingBlocks.Application;

namespace BuildingBlocks.Web;

/// <summary>
/// Tells a caller where their JSON is wrong and what belongs there, without the names of our types. What was expected
/// System.Text.Json says only in its messages.
/// </summary>
internal static class JsonFaults
{
    public static Error Of(JsonException exception)
    {
        var path = PathOf(exception);
        var fault =
            exception.InnerException is JsonException
            || string.Equals(exception.InnerException?.GetType().Name, "JsonReaderException", StringComparison.Ordinal)
                ? $"is no valid JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}"
                : ExpectationOf($"{exception.Message} {exception.InnerException?.Message}");
        var place = path.Length == 0 ? "The body" : $"'{path}'";
        var error = HttpErrors.InvalidJson with { Detail = $"{place} {fault}." };
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

        return message switch
        {
            _ when Says("Guid format") => "must be a UUID such as \"0198a000-0000-7000-8000-000000000001\"",
            _ when Says("Date") => "must be a time with its offset, such as \"2026-01-31T12:00:00Z\"",
            _ when Says("for an Int") => "must be a whole number in the range of its format",
            _ when Says("as a number") => "must be a number, without quotes",
            _ when Says("as a string") => "must be a string",
            _ when Says("as a boolean") => "must be true or false",
            _ when Says("List`1") || Says("[]") => "must be an array",
            _ => "is not what belongs there; see /openapi/v1.json",
        };

        bool Says(string words) => message.Contains(words, StringComparison.Ordinal);
    }
}
