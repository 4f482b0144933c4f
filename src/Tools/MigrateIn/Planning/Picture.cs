using System.Globalization;
using System.Text;
using System.Xml;
using MigrateIn.Catalog;

namespace MigrateIn.Planning;

/// <summary>The graph as SVG: a circle of tables for each owner, and what crosses between them in red.</summary>
internal static class Picture
{
    private const double Spacing = 26;
    private const double Margin = 150;

    private static readonly string[] Colours =
    [
        "#4e79a7",
        "#f28e2b",
        "#59a14f",
        "#b07aa1",
        "#edc948",
        "#76b7b2",
        "#ff9da7",
        "#9c755f",
    ];

    public static string Of(TableGraph graph, Ownership ownership)
    {
        var owners = ownership.Owners();
        var groups = graph
            .Names.GroupBy(name => owners.GetValueOrDefault(name, "undecided"), StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (Owner: group.Key, Tables: group.Order().ToArray()))
            .ToArray();
        var (places, centres, width, height) = Place(groups);
        StringBuilder text = new();
        XmlWriterSettings settings = new()
        {
            OmitXmlDeclaration = true,
            Indent = true,
            NewLineChars = "\n",
            CheckCharacters = false,
        };
        using (var svg = XmlWriter.Create(text, settings))
        {
            svg.WriteStartElement("svg", "http://www.w3.org/2000/svg");
            svg.WriteAttributeString("viewBox", $"0 0 {Number(width)} {Number(height)}");
            svg.WriteAttributeString("font-family", "sans-serif");
            svg.WriteAttributeString("font-size", "11");
            foreach (var ((low, high), weight) in graph.Edges.OrderBy(edge => edge.Key))
            {
                Edge(svg, graph.Names[low], graph.Names[high], weight);
            }

            for (var i = 0; i < groups.Length; i++)
            {
                var colour = groups[i].Owner is "undecided" or Ownership.ReferenceOwner
                    ? "#999999"
                    : Colours[i % Colours.Length];
                var (x, y, radius) = centres[i];
                Text(svg, x, y - radius - 18, groups[i].Owner, "bold");
                foreach (var table in groups[i].Tables)
                {
                    Node(svg, table, colour);
                }
            }

            svg.WriteEndElement();
        }

        return text.Append('\n').ToString();

        void Edge(XmlWriter svg, TableName one, TableName other, double weight)
        {
            var crosses = !string.Equals(
                owners.GetValueOrDefault(one),
                owners.GetValueOrDefault(other),
                StringComparison.Ordinal
            );
            svg.WriteStartElement("line");
            svg.WriteAttributeString("x1", Number(places[one].X));
            svg.WriteAttributeString("y1", Number(places[one].Y));
            svg.WriteAttributeString("x2", Number(places[other].X));
            svg.WriteAttributeString("y2", Number(places[other].Y));
            svg.WriteAttributeString("stroke", crosses ? "#d62728" : "#bbbbbb");
            svg.WriteAttributeString("stroke-width", Number(Math.Clamp(weight, 0.3, 4)));
            svg.WriteElementString("title", Valid($"{one} - {other}"));
            svg.WriteEndElement();
        }

        void Node(XmlWriter svg, TableName table, string colour)
        {
            var (x, y) = places[table];
            svg.WriteStartElement("circle");
            svg.WriteAttributeString("cx", Number(x));
            svg.WriteAttributeString("cy", Number(y));
            svg.WriteAttributeString("r", "6");
            svg.WriteAttributeString("fill", colour);
            svg.WriteElementString("title", Valid(table.ToString()));
            svg.WriteEndElement();
            Text(svg, x, y - 9, table.Name, "normal");
        }
    }

    private static (
        Dictionary<TableName, (double X, double Y)>,
        (double X, double Y, double Radius)[],
        double,
        double
    ) Place((string Owner, TableName[] Tables)[] groups)
    {
        Dictionary<TableName, (double X, double Y)> places = [];
        var columns = Math.Max(1, (int)Math.Ceiling(Math.Sqrt(groups.Length)));
        var radii = groups.Select(group => Math.Max(40, group.Tables.Length * Spacing / (2 * Math.PI))).ToArray();
        var cell = (2 * radii.DefaultIfEmpty(40).Max()) + Margin;
        var centres = radii
            .Select((radius, i) => (X: ((i % columns) + 0.5) * cell, Y: ((i / columns) + 0.5) * cell, radius))
            .ToArray();
        for (var i = 0; i < groups.Length; i++)
        {
            for (var j = 0; j < groups[i].Tables.Length; j++)
            {
                var angle = 2 * Math.PI * j / groups[i].Tables.Length;
                places[groups[i].Tables[j]] = (
                    centres[i].X + (radii[i] * Math.Cos(angle)),
                    centres[i].Y + (radii[i] * Math.Sin(angle))
                );
            }
        }

        var rows = (groups.Length + columns - 1) / columns;
        return (places, centres, columns * cell, Math.Max(1, rows) * cell);
    }

    private static void Text(XmlWriter svg, double x, double y, string text, string weight)
    {
        svg.WriteStartElement("text");
        svg.WriteAttributeString("x", Number(x));
        svg.WriteAttributeString("y", Number(y));
        svg.WriteAttributeString("text-anchor", "middle");
        svg.WriteAttributeString("font-weight", weight);
        svg.WriteString(Valid(text));
        svg.WriteEndElement();
    }

    /// <summary>A name may hold characters that XML has no way to write.</summary>
    private static string Valid(string text) =>
        string.Concat(
            text.EnumerateRunes().Select(rune => rune.Value is < 0x20 or 0xFFFE or 0xFFFF ? " " : rune.ToString())
        );

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
