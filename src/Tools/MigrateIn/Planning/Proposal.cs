using System.Text;
using MigrateIn.Catalog;

namespace MigrateIn.Planning;

/// <summary>Divides tables into contexts.</summary>
internal static class Proposal
{
    private const int LeastReferring = 4;

    /// <summary>Proposes an owner for every table, or says why there is none to propose.</summary>
    public static Ownership Of(LegacyCatalog catalog, TableGraph graph)
    {
        var hubs = Hubs(catalog, graph);
        var community = Communities.Find(
            graph.Names.Count,
            graph.Edges.Where(edge => !hubs.Contains(edge.Key.Low) && !hubs.Contains(edge.Key.High))
        );
        var groups = Enumerable
            .Range(0, graph.Names.Count)
            .Where(node => !hubs.Contains(node))
            .GroupBy(node => community[node])
            .ToArray();
        var alone = groups.Where(group => group.Count() == 1).Select(group => group.First()).ToHashSet();
        var members = catalog.Tables.ToLookup(table => graph.PlaceOf(table.Name), table => table.Name);
        var contexts = NamesOf([.. groups.Where(group => group.Count() > 1).Select(group => group.ToArray())], graph);
        var byContext = contexts.ToDictionary(
            one => one.Name,
            one => (IReadOnlyList<TableName>)[.. one.Nodes.SelectMany(node => members[node]).Order()],
            StringComparer.Ordinal
        );
        Ownership ownership = new(
            byContext,
            [.. hubs.SelectMany(node => members[node]).Order()],
            [
                .. from node in alone
                from table in members[node]
                orderby table
                select new UndecidedTable(table, WhyAlone(node, graph, hubs)),
            ],
            []
        );
        return ownership with
        {
            ForeignKeys =
            [
                .. Crossings
                    .Keys(catalog, ownership.Owners())
                    .OrderBy(key => key.From)
                    .ThenBy(key => key.Name, StringComparer.Ordinal)
                    .Select(key => new CrossingKey(key.Name, key.From, key.To, Becomes(key))),
            ],
        };
    }

    private static string Becomes(LegacyForeignKey key) =>
        key.OnDelete switch
        {
            "cascade" => "cascade",
            "set null" or "set default" => "null",
            _ => "restrict",
        };

    /// <summary>
    /// Tables that many refer to, that refer to no other but such, and that are hardly ever changed as far as
    /// statistics tell.
    /// </summary>
    private static SortedSet<int> Hubs(LegacyCatalog catalog, TableGraph graph)
    {
        var changed = catalog
            .Tables.Where(table => table.Changes * 10 > table.Reads && table.Changes > 0)
            .Select(table => graph.PlaceOf(table.Name))
            .ToHashSet();
        var least = Math.Max(LeastReferring, graph.Names.Count / 20);
        SortedSet<int> hubs = [];
        while (
            Enumerable
                .Range(0, graph.Names.Count)
                .Where(node =>
                    !hubs.Contains(node)
                    && !changed.Contains(node)
                    && graph.Referring(node).Count >= least
                    && graph.Referred(node).All(hubs.Contains)
                )
                .ToArray()
                is { Length: > 0 } more
        )
        {
            hubs.UnionWith(more);
        }

        return hubs;
    }

    private static string WhyAlone(int node, TableGraph graph, SortedSet<int> hubs) =>
        !graph.IsConnected(node) ? "no foreign key, view, routine or statement connects it with another table"
        : graph.Referred(node).Count > 0 && graph.Referred(node).All(hubs.Contains) && graph.Referring(node).Count == 0
            ? "it refers to reference tables only"
        : "nothing draws it to one context more than to another";

    /// <summary>A context is called after its schema where the two are one, or else after the table that
    /// most others of it refer to.</summary>
    private static List<(string Name, int[] Nodes)> NamesOf(IReadOnlyList<int[]> groups, TableGraph graph)
    {
        var bySchema = groups
            .SelectMany(group => group.Select(node => (group, graph.Names[node].Schema)))
            .GroupBy(pair => pair.Schema, StringComparer.Ordinal)
            .ToDictionary(
                pairs => pairs.Key,
                pairs => pairs.Select(pair => pair.group).Distinct().Count(),
                StringComparer.Ordinal
            );
        HashSet<string> taken = new(StringComparer.Ordinal) { Ownership.ReferenceOwner };
        List<(string, int[])> named = [];
        foreach (var group in groups)
        {
            var inside = group.ToHashSet();
            Dictionary<int, double> weights = group.ToDictionary(node => node, _ => 0.0);
            foreach (var ((low, high), weight) in graph.Edges)
            {
                if (inside.Contains(low) && inside.Contains(high))
                {
                    weights[low] += weight;
                    weights[high] += weight;
                }
            }

            var centre = graph.Names[
                group
                    .OrderByDescending(node => graph.Referring(node).Count(inside.Contains))
                    .ThenByDescending(node => weights[node])
                    .ThenBy(node => node)
                    .First()
            ];
            var isSchema =
                bySchema.Count > 1
                && bySchema[centre.Schema] == 1
                && group.All(node => string.Equals(graph.Names[node].Schema, centre.Schema, StringComparison.Ordinal));
            var name = SnakeCase(isSchema ? centre.Schema : centre.Name);
            var unique = name;
            for (var i = 2; !taken.Add(unique); i++)
            {
                unique = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}_{i}");
            }

            named.Add((unique, group));
        }

        return named;
    }

    /// <summary>A name that a schema may have without quotes.</summary>
    private static string SnakeCase(string name)
    {
        StringBuilder text = new();
        foreach (var (i, c) in name.Index())
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                text.Append('_');
                continue;
            }

            if (char.IsAsciiLetterUpper(c) && i > 0 && char.IsAsciiLetterLower(name[i - 1]))
            {
                text.Append('_');
            }

            text.Append(char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c);
        }

        var plain = text.ToString().Trim('_');
        return plain is [>= 'a' and <= 'z', ..] ? plain : $"context_{plain}".TrimEnd('_');
    }
}
