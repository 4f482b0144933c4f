using MigrateIn.Catalog;
using MigrateIn.Statements;

namespace MigrateIn.Planning;

/// <summary>Something that uses tables of several owners, or that a view in a table's place refuses.</summary>
/// <param name="Kind">foreign key, view, routine, trigger, policy, join, write, copy or truncate.</param>
/// <param name="Where">Its name or place.</param>
/// <param name="Owners">Whose tables, in the order of their names.</param>
internal sealed record Crossing(
    string Kind,
    string Where,
    IReadOnlyList<string> Owners,
    IReadOnlyList<TableName> Tables
)
{
    /// <summary>One line of crossings.txt.</summary>
    public override string ToString() =>
        string.Join(
            '\t',
            Kind,
            string.Concat(Where.Select(c => char.IsControl(c) ? ' ' : c)),
            string.Join(", ", Owners),
            string.Join(", ", Tables)
        );
}

/// <summary>Finds crossings; reference tables belong to all, so reading them crosses nothing.</summary>
internal static class Crossings
{
    public static IReadOnlyList<Crossing> Of(
        LegacyCatalog catalog,
        IReadOnlyList<Statement> statements,
        IReadOnlyDictionary<TableName, string> owners
    )
    {
        List<Crossing> crossings =
        [
            .. Keys(catalog, owners).Select(key => Made("foreign key", $"{key.From} {key.Name}", [key.From, key.To])),
        ];
        foreach (var statement in statements)
        {
            Add(
                statement.Kind is not "statement" ? statement.Kind
                    : statement.Written.Count > 0 ? "write"
                    : "join",
                statement.Source,
                statement.Tables
            );
            crossings.AddRange(statement.Copied.Select(table => Made("copy", statement.Source, [table])));
            crossings.AddRange(statement.Truncated.Select(table => Made("truncate", statement.Source, [table])));
        }

        var bodies = statements
            .Where(statement => statement.Kind is "routine")
            .ToLookup(statement => statement.Source, StringComparer.Ordinal);
        var routines = catalog.Routines.ToDictionary(routine => routine.Id);
        foreach (var trigger in catalog.Triggers)
        {
            if (routines.TryGetValue(trigger.Routine, out var routine))
            {
                Add(
                    "trigger",
                    $"{trigger.Table} {trigger.Name}",
                    [trigger.Table, .. bodies[routine.Name].SelectMany(body => body.Tables)]
                );
            }
        }

        foreach (var policy in catalog.Policies)
        {
            Add("policy", $"{policy.Table} {policy.Name}", [policy.Table, .. policy.Uses]);
        }

        return
        [
            .. crossings
                .DistinctBy(crossing => crossing.ToString(), StringComparer.Ordinal)
                .OrderBy(crossing => crossing.ToString(), StringComparer.Ordinal),
        ];

        void Add(string kind, string where, IEnumerable<TableName> tables)
        {
            var made = Made(kind, where, tables);
            if (made.Owners.Count(owner => owner is not Ownership.ReferenceOwner) > 1)
            {
                crossings.Add(made);
            }
        }

        Crossing Made(string kind, string where, IEnumerable<TableName> tables)
        {
            TableName[] distinct = [.. tables.Distinct().Order()];
            return new(
                kind,
                where,
                [
                    .. distinct
                        .Select(table => owners.GetValueOrDefault(table, "undecided"))
                        .Distinct(StringComparer.Ordinal)
                        .Order(StringComparer.Ordinal),
                ],
                distinct
            );
        }
    }

    /// <summary>Foreign keys from one owner's table to another's, reference tables included.</summary>
    public static IEnumerable<LegacyForeignKey> Keys(
        LegacyCatalog catalog,
        IReadOnlyDictionary<TableName, string> owners
    ) =>
        catalog.ForeignKeys.Where(key =>
            !string.Equals(
                owners.GetValueOrDefault(key.From),
                owners.GetValueOrDefault(key.To),
                StringComparison.Ordinal
            )
        );

    /// <summary>The text of crossings.txt.</summary>
    public static string Text(IEnumerable<Crossing> crossings) =>
        string.Concat(crossings.Select(crossing => $"{crossing}\n"));
}
