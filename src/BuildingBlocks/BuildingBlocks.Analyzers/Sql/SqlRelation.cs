namespace BuildingBlocks.Analyzers.Sql;

internal enum SqlUse
{
    Read,
    Written,
    Copied,
    Truncated,
}

/// <summary>A table or view that SQL names, as it is written; a name of a common table expression is none.</summary>
internal readonly struct SqlRelation(int statement, string? schema, string name, SqlUse use)
{
    /// <summary>Which statement of the text, from 0; what one statement names belongs together.</summary>
    public int Statement { get; } = statement;

    /// <summary>Null where the search path decides.</summary>
    public string? Schema { get; } = schema;

    public string Name { get; } = name;

    public SqlUse Use { get; } = use;
}
