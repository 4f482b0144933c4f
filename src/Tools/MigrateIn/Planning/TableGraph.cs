using MigrateIn.Catalog;
using MigrateIn.Statements;

namespace MigrateIn.Planning;

/// <summary>
/// How strongly tables belong together. A partition or child stands in its root's place. Weights have no unit; a
/// foreign key between two tables that nothing else refers to counts 1.
/// </summary>
internal sealed class TableGraph
{
    /// <summary>Where tables lie that nobody placed.</summary>
    private const string NobodysSchema = "public";

    private readonly Dictionary<TableName, int> places = [];
    private readonly Dictionary<(int Low, int High), double> edges = [];
    private readonly HashSet<int>[] referring;
    private readonly HashSet<int>[] referred;
    private readonly HashSet<int> used = [];

    private TableGraph(LegacyCatalog catalog)
    {
        Names = [.. catalog.Tables.Where(table => table.Root is null).Select(table => table.Name)];
        for (var i = 0; i < Names.Count; i++)
        {
            places[Names[i]] = i;
        }

        foreach (var table in catalog.Tables.Where(table => table.Root is not null))
        {
            places[table.Name] = places[table.Root!.Value];
        }

        referring = [.. Names.Select(_ => new HashSet<int>())];
        referred = [.. Names.Select(_ => new HashSet<int>())];
    }

    /// <summary>The nodes, in the order of their names.</summary>
    public IReadOnlyList<TableName> Names { get; }

    /// <summary>Weights by pairs of nodes, the lower first.</summary>
    public IReadOnlyDictionary<(int Low, int High), double> Edges => edges;

    public static TableGraph Of(LegacyCatalog catalog, IEnumerable<Statement> statements)
    {
        TableGraph graph = new(catalog);
        graph.AddForeignKeys(catalog.ForeignKeys);
        foreach (var statement in statements)
        {
            graph.AddStatement(statement);
        }

        graph.AddNames();
        return graph;
    }

    /// <summary>The node of a table.</summary>
    public int PlaceOf(TableName table) => places[table];

    /// <summary>Other nodes with a foreign key to this one.</summary>
    public IReadOnlySet<int> Referring(int node) => referring[node];

    /// <summary>Other nodes to which this one has a foreign key.</summary>
    public IReadOnlySet<int> Referred(int node) => referred[node];

    /// <summary>Whether a foreign key or a statement connects it with another table; a similar name does not.</summary>
    public bool IsConnected(int node) => used.Contains(node);

    private void AddForeignKeys(IReadOnlyList<LegacyForeignKey> keys)
    {
        foreach (var key in keys)
        {
            var (from, to) = (places[key.From], places[key.To]);
            if (from != to)
            {
                referring[to].Add(from);
                referred[from].Add(to);
            }
        }

        foreach (var key in keys)
        {
            var (from, to) = (places[key.From], places[key.To]);

            // What everything refers to says little of who belongs together; a part that dies with its whole says much.
            var strength = 1 + (key.IsIdentifying ? 1 : 0) + (key.OnDelete is "cascade" ? 1 : 0);
            Add(from, to, strength / Math.Sqrt(Math.Max(1, referring[to].Count)));
        }
    }

    private void AddStatement(Statement statement)
    {
        // Statements that name half of the database, such as reports, say little of each pair.
        var nodes = statement.Tables.Select(table => places[table]).Distinct().Order().ToArray();
        var weight = Math.Log2(1 + statement.Calls) / 4 / Math.Max(1, nodes.Length - 1);
        var written = statement.Written.Select(table => places[table]).ToHashSet();
        for (var i = 0; i < nodes.Length; i++)
        {
            for (var j = i + 1; j < nodes.Length; j++)
            {
                Add(nodes[i], nodes[j], written.Contains(nodes[i]) && written.Contains(nodes[j]) ? 2 * weight : weight);
            }
        }
    }

    /// <summary>Tables of one schema, or with names that begin alike, lean to each other a little.</summary>
    private void AddNames()
    {
        var schemas = Names.GroupBy(name => name.Schema, StringComparer.Ordinal).ToArray();
        foreach (var group in schemas.Where(group => schemas.Length > 1 && group.Key is not NobodysSchema))
        {
            Lean([.. group], 1);
        }

        foreach (var group in Names.GroupBy(name => (name.Schema, FirstWord(name.Name))))
        {
            // A prefix that most tables share is that of the application.
            if (group.Count() * 3 <= Names.Count)
            {
                Lean([.. group], 0.5);
            }
        }
    }

    private void Lean(TableName[] group, double weight)
    {
        for (var i = 0; i < group.Length; i++)
        {
            for (var j = i + 1; j < group.Length; j++)
            {
                Weigh(places[group[i]], places[group[j]], weight / (group.Length - 1));
            }
        }
    }

    private static string FirstWord(string name)
    {
        var end = 1;
        while (
            end < name.Length
            && char.IsLetterOrDigit(name[end])
            && !(char.IsUpper(name[end]) && char.IsLower(name[end - 1]))
        )
        {
            end++;
        }

        return name[..Math.Min(end, name.Length)].ToUpperInvariant().TrimEnd('S');
    }

    private void Add(int one, int other, double weight)
    {
        if (one != other)
        {
            used.Add(one);
            used.Add(other);
            Weigh(one, other, weight);
        }
    }

    private void Weigh(int one, int other, double weight)
    {
        if (one != other)
        {
            var pair = one < other ? (one, other) : (other, one);
            edges[pair] = edges.GetValueOrDefault(pair) + weight;
        }
    }
}
