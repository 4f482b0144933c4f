using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MigrateIn.Catalog;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MigrateIn.Planning;

/// <summary>ownership.yaml, which <c>plan</c> writes and people edit.</summary>
internal static partial class OwnershipFile
{
    /// <summary>The text of the file; tables carry notes on what a move has to mind.</summary>
    public static string Write(Ownership ownership, LegacyCatalog catalog)
    {
        var notes = catalog.Tables.ToDictionary(table => table.Name, table => string.Join(", ", table.Notes));
        var owners = ownership.Owners();
        StringBuilder text = new();
        Line("# Who is to own which table, as mm-migrate plan proposes it. Edit it: it is yours.");
        Line("# Every table stands once: under a context, under reference (all may read it) or under undecided.");
        Line(ownership.Contexts.Count > 0 ? "contexts:" : "contexts: {}");
        foreach (var (context, tables) in ownership.Contexts.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            Line($"  {context}:");
            foreach (var table in tables)
            {
                Line($"    - {Scalar(table.ToString())}{Note(notes[table])}");
            }
        }

        Line(ownership.Reference.Count > 0 ? "reference:" : "reference: []");
        foreach (var table in ownership.Reference)
        {
            Line($"  - {Scalar(table.ToString())}{Note(notes[table])}");
        }

        Line(ownership.Undecided.Count > 0 ? "undecided:" : "undecided: []");
        foreach (var (table, because) in ownership.Undecided)
        {
            Line($"  - table: {Scalar(table.ToString())}{Note(notes[table])}");
            Line($"    because: {because}");
        }

        Line("# What deleting the row that is referred to brings about once no foreign key sees to it:");
        Line("# restrict, cascade, null or ignore.");
        Line(ownership.ForeignKeys.Count > 0 ? "foreign_keys:" : "foreign_keys: []");
        foreach (var key in ownership.ForeignKeys)
        {
            Line($"  - name: {Scalar(key.Name)}{Note(Crossing(owners, key.From, key.To))}");
            Line($"    from: {Scalar(key.From.ToString())}");
            Line($"    to: {Scalar(key.To.ToString())}");
            Line($"    becomes: {Scalar(key.Becomes)}");
        }

        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="RefusedException">It is none; the message tells the line.</exception>
    public static Ownership Read(string path, string text)
    {
        YamlStream stream = [];
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException wrong)
        {
            throw Wrong(path, wrong.Start, wrong.Message);
        }

        if (stream.Documents is not [{ RootNode: YamlMappingNode root }])
        {
            throw Wrong(path, Mark.Empty, "it is no document with contexts, reference, undecided and foreign_keys");
        }

        Reader reader = new(path, root);
        return reader.Read();
    }

    private static string Crossing(IReadOnlyDictionary<TableName, string> owners, TableName from, TableName to) =>
        $"{owners.GetValueOrDefault(from, "undecided")} -> {owners.GetValueOrDefault(to, "undecided")}";

    private static string Note(string note) => note.Length > 0 ? $" # {Printable(note)}" : "";

    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    /// <summary>Text of YAML: plain where it can be nothing but text.</summary>
    private static string Scalar(string text)
    {
        if (
            Plain().IsMatch(text)
            && text is not ("null" or "true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n")
        )
        {
            return text;
        }

        if (!text.Any(char.IsControl))
        {
            return $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
        }

        StringBuilder quoted = new("\"");
        foreach (var c in text)
        {
            quoted.Append(
                char.IsControl(c) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")
                : c is '"' or '\\' ? $"\\{c}"
                : c.ToString()
            );
        }

        return quoted.Append('"').ToString();
    }

    private static RefusedException Wrong(string path, Mark mark, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{path}({mark.Line},{mark.Column}): {what}."));

    [GeneratedRegex(@"^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Plain();

    private sealed class Reader(string path, YamlMappingNode root)
    {
        private readonly HashSet<TableName> seen = [];

        public Ownership Read()
        {
            foreach (var key in root.Children.Keys.Cast<YamlNode>())
            {
                if (Text(key) is not ("contexts" or "reference" or "undecided" or "foreign_keys"))
                {
                    throw Wrong(path, key.Start, $"there is no part '{Text(key)}'");
                }
            }

            SortedDictionary<string, IReadOnlyList<TableName>> contexts = new(StringComparer.Ordinal);
            if (Part("contexts") is { } given)
            {
                foreach (var (name, tables) in Mapping(given))
                {
                    contexts[Text(name)] = [.. Sequence(tables).Select(Owned)];
                }
            }

            return new(
                contexts,
                [.. List("reference").Select(Owned)],
                [
                    .. List("undecided")
                        .Select(one => new UndecidedTable(Owned(Member(one, "table")), Text(Member(one, "because")))),
                ],
                [.. List("foreign_keys").Select(Key)]
            );
        }

        private CrossingKey Key(YamlNode node)
        {
            var becomes = Member(node, "becomes");
            return Text(becomes) is "restrict" or "cascade" or "null" or "ignore"
                ? new(Text(Member(node, "name")), Table(Member(node, "from")), Table(Member(node, "to")), Text(becomes))
                : throw Wrong(path, becomes.Start, "a foreign key becomes restrict, cascade, null or ignore");
        }

        private TableName Owned(YamlNode node)
        {
            var table = Table(node);
            return seen.Add(table) ? table : throw Wrong(path, node.Start, $"{table} stands here a second time");
        }

        private TableName Table(YamlNode node) =>
            TableName.Parse(Text(node)) ?? throw Wrong(path, node.Start, $"'{Text(node)}' is no schema.table");

        private YamlNode? Part(string name) =>
            root.Children.TryGetValue(new YamlScalarNode(name), out var node)
            && !(node is YamlScalarNode { Value: null or "" })
                ? node
                : null;

        private IEnumerable<YamlNode> List(string name) => Part(name) is { } node ? Sequence(node) : [];

        private IEnumerable<KeyValuePair<YamlNode, YamlNode>> Mapping(YamlNode node) =>
            node is YamlMappingNode mapping
                ? mapping.Children
                : throw Wrong(path, node.Start, "names are expected here");

        private IEnumerable<YamlNode> Sequence(YamlNode node) =>
            node is YamlSequenceNode sequence ? sequence.Children
            : node is YamlScalarNode { Value: null or "" } ? []
            : throw Wrong(path, node.Start, "a list is expected here");

        private YamlNode Member(YamlNode node, string name) =>
            node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(name), out var member)
                ? member
                : throw Wrong(path, node.Start, $"'{name}' is missing");

        private string Text(YamlNode node) =>
            (node as YamlScalarNode)?.Value ?? throw Wrong(path, node.Start, "text is expected here");
    }
}
