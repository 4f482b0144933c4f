using System.Diagnostics;
using BuildingBlocks.Analyzers.Sql;

namespace BuildingBlocks.Persistence.Watching;

/// <summary>A statement was about to reach into another module's schema. Thrown in tests and in Development, before the statement is sent.</summary>
public sealed class ForeignSqlException : InvalidOperationException
{
    private const int LongestExcerpt = 160;

    private readonly string what;
    private readonly string? site;

    internal ForeignSqlException(string module, SqlFinding foreign, string sql)
    {
        (Module, Schema) = (module, foreign.Schema);
        Excerpt = Around(foreign, sql);
        site = CallSite.In(new StackTrace(fNeedFileInfo: true));
        var name = string.Equals(foreign.Written, foreign.Schema, StringComparison.Ordinal) ? $"schema '{foreign.Schema}'" : $"{foreign.Written} in schema '{foreign.Schema}'";
        what = $"executes SQL of module '{module}' that names {name}, which is not its own: \"{Excerpt}\". The role of '{module}' cannot see it in Production either. "
            + "Keep a copy fed by the other module's events (docs/guides/copies.md), or let the Host compose the answer (docs/guides/composition.md).";
    }

    /// <summary>The module whose connection it was.</summary>
    public string Module { get; }

    /// <summary>The schema that was named.</summary>
    public string Schema { get; }

    /// <summary>The part of the statement that names it.</summary>
    public string Excerpt { get; }

    /// <summary>The method that had it executed, with file and line where they are known.</summary>
    // After an await the stack begins anew, but the exception gathers the methods it passes through.
    public string Where => site ?? CallSite.In(new StackTrace(this, fNeedFileInfo: true)) ?? "Somebody";

    /// <inheritdoc />
    public override string Message => $"{Where} {what}";

    private static string Around(SqlFinding foreign, string sql)
    {
        var start = Math.Max(0, Math.Min(foreign.Start, sql.Length) - (LongestExcerpt / 3));
        var end = Math.Min(sql.Length, start + LongestExcerpt);
        var excerpt = string.Join(' ', sql[start..end].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return $"{(start > 0 ? "..." : "")}{excerpt}{(end < sql.Length ? "..." : "")}";
    }
}
