using System.Globalization;

namespace BuildingBlocks.Database.References;

/// <summary>Under which name others may refer to what a module owns, and where its ids stand.</summary>
/// <param name="Thing">In the singular, such as customer.</param>
/// <param name="Table">Of the module.</param>
/// <param name="Column">Unique in the table.</param>
public sealed record Identity(string Thing, string Table, string Column);

/// <summary>A column with ids of another module's things, which no foreign key can guard.</summary>
/// <param name="Table">Of the referring module.</param>
/// <param name="Column">Of type text, uuid or another that compares; null refers to nothing.</param>
/// <param name="Module">Who owns the things.</param>
/// <param name="Thing">What it calls them.</param>
public sealed record LooseReference(string Table, string Column, string Module, string Thing);

/// <summary>Ids that the module they refer to does not know.</summary>
/// <param name="Module">Whose rows refer to them.</param>
/// <param name="Column">Table and column, such as orders.customer_id.</param>
/// <param name="RefersTo">Module and thing, such as customers.customer.</param>
/// <param name="Count">How many different ids.</param>
/// <param name="Examples">The first of them.</param>
public sealed record Orphans(string Module, string Column, string RefersTo, long Count, IReadOnlyList<string> Examples)
{
    /// <inheritdoc />
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Module}: {Count} values of {Column} refer to no {RefersTo}: "
                + $"{string.Join(", ", Examples)}{(Count > Examples.Count ? ", ..." : "")}. "
        )
        + "Look for a change by hand or a lost restore: bring back what they refer to, or correct the rows by a "
        + "command of the module.";
}

/// <summary>What a scan came to.</summary>
/// <param name="Orphans">Empty when every id is known.</param>
/// <param name="References">How many references were looked at.</param>
/// <param name="Ids">How many different ids were asked for.</param>
/// <param name="NotLookedAt">References to modules that do not run in this Host.</param>
public sealed record ScannedReferences(
    IReadOnlyList<Orphans> Orphans,
    int References,
    long Ids,
    IReadOnlyList<string> NotLookedAt
);
