namespace MigrateIn.Catalog;

/// <summary>What a database declares of its tables, as one snapshot of its catalog tells it.</summary>
/// <param name="Tables">By name, partitions and foreign tables included.</param>
/// <param name="SearchPath">The schemas in which the session looks for a name without one, in this order.</param>
internal sealed record LegacyCatalog(
    IReadOnlyList<LegacyTable> Tables,
    IReadOnlyList<LegacyForeignKey> ForeignKeys,
    IReadOnlyList<LegacyView> Views,
    IReadOnlyList<LegacyRoutine> Routines,
    IReadOnlyList<LegacyTrigger> Triggers,
    IReadOnlyList<LegacyPolicy> Policies,
    IReadOnlyList<string> SearchPath
);

/// <param name="Root">The table that this one is a partition or child of, at the top; null when it is none.</param>
/// <param name="Key">The columns of the primary key, or else of a unique index over columns that are never null; empty
/// when rows cannot be told apart.</param>
/// <param name="Notes">What a move has to mind: generated columns, row security, a missing key and the like.</param>
/// <param name="Reads">Scans since statistics began; 0 on a database that was just restored.</param>
/// <param name="Changes">Rows updated and deleted since statistics began.</param>
internal sealed record LegacyTable(
    TableName Name,
    TableName? Root,
    IReadOnlyList<string> Key,
    IReadOnlyList<string> Notes,
    long Reads,
    long Changes
);

/// <param name="OnDelete">What is declared: no action, restrict, cascade, set null or set default.</param>
/// <param name="IsIdentifying">The key of the table that refers begins with its columns, as that of a part does with
/// those of its whole.</param>
internal sealed record LegacyForeignKey(
    string Name,
    TableName From,
    TableName To,
    IReadOnlyList<string> Columns,
    string OnDelete,
    bool IsDeferrable,
    bool IsIdentifying
);

/// <param name="Uses">The tables it reads, through other views as well.</param>
internal sealed record LegacyView(TableName Name, IReadOnlyList<TableName> Uses);

internal sealed record LegacyRoutine(long Id, string Name, string Body);

internal sealed record LegacyTrigger(string Name, TableName Table, long Routine);

/// <param name="Uses">Tables that the policy reads beside its own.</param>
internal sealed record LegacyPolicy(string Name, TableName Table, IReadOnlyList<TableName> Uses);
