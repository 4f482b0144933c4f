using BuildingBlocks.Analyzers.Sql;

namespace BuildingBlocks.Database.Guarding;

/// <summary>A statement was about to reach into another module's schema.</summary>
public sealed class ForeignSqlException : RefusedSqlException
{
    private const int LongestExcerpt = 160;

    internal ForeignSqlException(string module, SqlFinding foreign, string sql)
        : base(
            $"executes SQL of module '{module}' that names {Named(foreign)}, which is not its own: "
                + $"\"{Around(foreign, sql)}\". The role of '{module}' cannot see it in Production either. "
                + "Keep a copy fed by the other module's events (docs/guides/copies.md), or let the Host compose the "
                + "answer (docs/guides/composition.md)."
        ) => (Module, Schema, Excerpt) = (module, foreign.Schema, Around(foreign, sql));

    /// <summary>The module whose connection it was.</summary>
    public string Module { get; }

    /// <summary>The schema that was named.</summary>
    public string Schema { get; }

    /// <summary>The part of the statement that names it.</summary>
    public string Excerpt { get; }

    private static string Named(SqlFinding foreign) =>
        string.Equals(foreign.Written, foreign.Schema, StringComparison.Ordinal)
            ? $"schema '{foreign.Schema}'"
            : $"{foreign.Written} in schema '{foreign.Schema}'";

    private static string Around(SqlFinding foreign, string sql)
    {
        var start = Math.Max(0, Math.Min(foreign.Start, sql.Length) - (LongestExcerpt / 3));
        var end = Math.Min(sql.Length, start + LongestExcerpt);
        var excerpt = string.Join(' ', sql[start..end].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return $"{(start > 0 ? "..." : "")}{excerpt}{(end < sql.Length ? "..." : "")}";
    }
}
