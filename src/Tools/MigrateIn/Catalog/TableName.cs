using System.Text.RegularExpressions;
using BuildingBlocks.Analyzers.Sql;

namespace MigrateIn.Catalog;

/// <summary>The name of a table or view. Two are equal when schema and name are, letter by letter.</summary>
internal readonly partial record struct TableName(string Schema, string Name) : IComparable<TableName>
{
    /// <summary>Reads what <see cref="ToString"/> writes, or any qualified name as SQL takes it.</summary>
    /// <returns>Null when it is no name with a schema.</returns>
    public static TableName? Parse(string written) =>
        SqlToken.Read(written) is [{ IsName: true } schema, var dot, { IsName: true } name] && dot.IsSign(".")
            ? new(schema.Value, name.Value)
            : null;

    /// <summary>As people read it: in quotes only where it must be.</summary>
    public override string ToString() => $"{Written(Schema)}.{Written(Name)}";

    public int CompareTo(TableName other) =>
        (string.CompareOrdinal(Schema, other.Schema), string.CompareOrdinal(Name, other.Name)) switch
        {
            (0, var byName) => byName,
            var (bySchema, _) => bySchema,
        };

    public static bool operator <(TableName one, TableName other) => one.CompareTo(other) < 0;

    public static bool operator <=(TableName one, TableName other) => one.CompareTo(other) <= 0;

    public static bool operator >(TableName one, TableName other) => one.CompareTo(other) > 0;

    public static bool operator >=(TableName one, TableName other) => one.CompareTo(other) >= 0;

    /// <summary>An identifier, in quotes only where it must be.</summary>
    public static string Written(string identifier) =>
        Plain().IsMatch(identifier) ? identifier : $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    [GeneratedRegex("^[a-z_][a-z0-9_]*\\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Plain();
}
