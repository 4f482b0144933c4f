namespace BuildingBlocks.Analyzers.Sql;

/// <summary>A schema that is named in SQL.</summary>
internal readonly struct SqlFinding(string schema, string written, int start, int end)
{
    public string Schema { get; } = schema;

    /// <summary>The name as it is written there, such as <c>inventory.stock_levels</c>.</summary>
    public string Written { get; } = written;

    public int Start { get; } = start;

    public int End { get; } = end;
}
