using MigrateIn.Catalog;

namespace MigrateIn.Statements;

/// <summary>One statement, or one body of a routine, and the tables it names.</summary>
/// <param name="Source">Where it comes from, such as <c>billing/report.sql</c>, a view or a routine.</param>
/// <param name="Calls">How often it ran; 1 where nobody counted.</param>
internal sealed record Statement(
    string Kind,
    string Source,
    double Calls,
    IReadOnlyList<TableName> Tables,
    IReadOnlyList<TableName> Written,
    IReadOnlyList<TableName> Copied,
    IReadOnlyList<TableName> Truncated
);
