using System.Globalization;
using System.Text.Json.Nodes;

namespace Host.Tests.HttpFiles;

/// <summary>Members and elements of a JSON text: <c>$.items[0].id</c>.</summary>
internal static class JsonPath
{
    /// <summary>The value at a path as text, or null when there is none.</summary>
    public static string? Text(JsonNode body, string path)
    {
        JsonNode? at = body;
        foreach (var step in path.Split(['.', '['], StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            at = step.EndsWith(']')
                ? (at as JsonArray)?.ElementAtOrDefault(int.Parse(step[..^1], CultureInfo.InvariantCulture))
                : (at as JsonObject)?[step];
        }

        return at?.ToString();
    }
}
