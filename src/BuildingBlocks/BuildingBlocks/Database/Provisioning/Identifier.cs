namespace BuildingBlocks.Database.Provisioning;

/// <summary>Names and strings as they stand in SQL.</summary>
internal static class Identifier
{
    public static string Quote(string identifier) =>
        $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
