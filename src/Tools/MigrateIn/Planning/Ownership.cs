using MigrateIn.Catalog;

namespace MigrateIn.Planning;

/// <summary>Who is to own which table. Every table stands in exactly one of the three places.</summary>
/// <param name="Contexts">Tables by the name of their context.</param>
/// <param name="Reference">Tables that all may read.</param>
/// <param name="Undecided">Tables that nothing tells about, and why.</param>
/// <param name="ForeignKeys">What becomes of each foreign key that crosses from one owner to another.</param>
internal sealed record Ownership(
    IReadOnlyDictionary<string, IReadOnlyList<TableName>> Contexts,
    IReadOnlyList<TableName> Reference,
    IReadOnlyList<UndecidedTable> Undecided,
    IReadOnlyList<CrossingKey> ForeignKeys
)
{
    /// <summary>How the owner of reference tables is called.</summary>
    public const string ReferenceOwner = "reference";

    /// <summary>The owner of each table that has one.</summary>
    public IReadOnlyDictionary<TableName, string> Owners()
    {
        Dictionary<TableName, string> owners = [];
        foreach (var (context, tables) in Contexts)
        {
            foreach (var table in tables)
            {
                owners[table] = context;
            }
        }

        foreach (var table in Reference)
        {
            owners[table] = ReferenceOwner;
        }

        return owners;
    }
}

internal sealed record UndecidedTable(TableName Table, string Because);

/// <param name="Becomes">restrict, cascade, null or ignore: what a deletion of the row that is referred to brings about
/// once the database no longer sees to it.</param>
internal sealed record CrossingKey(string Name, TableName From, TableName To, string Becomes);
