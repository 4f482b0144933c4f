using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace BuildingBlocks.Testing.Contracts;

/// <summary>What the doc comments of an assembly say, read from the file that the compiler writes beside it.</summary>
internal sealed partial class DocComments
{
    private static readonly ConcurrentDictionary<string, DocComments> Known = new(StringComparer.Ordinal);

    private readonly Dictionary<string, XElement> members = new(StringComparer.Ordinal);

    private DocComments(string path)
    {
        if (File.Exists(path))
        {
            members = XDocument
                .Load(path)
                .Descendants("member")
                .ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal);
        }
    }

    public static DocComments Of(Type type) =>
        Known.GetOrAdd(Path.ChangeExtension(type.Assembly.Location, ".xml"), static path => new(path));

    /// <summary>The meaning of a type in plain text, or null.</summary>
    public string? Summary(Type type) => Text(Member("T", type)?.Element("summary"));

    /// <summary>The meaning of a parameter of a record, or of a property that is none, or null.</summary>
    public string? Member(Type type, string name) =>
        Text(
            Member("T", type)
                ?.Elements("param")
                .FirstOrDefault(parameter =>
                    string.Equals(parameter.Attribute("name")?.Value, name, StringComparison.Ordinal)
                )
        ) ?? Text(Member("P", type, $".{name}")?.Element("summary"));

    private XElement? Member(string kind, Type type, string suffix = "") =>
        members.GetValueOrDefault($"{kind}:{type.FullName?.Replace('+', '.')}{suffix}");

    private static string? Text(XElement? element)
    {
        if (element is null)
        {
            return null;
        }

        var words = element
            .Nodes()
            .Select(node =>
                node switch
                {
                    XText text => text.Value,
                    XElement reference when reference.Attribute("cref") is { } target => target.Value[
                        (target.Value.LastIndexOf('.') + 1)..
                    ],
                    XElement other => other.Attribute("name")?.Value ?? other.Value,
                    _ => "",
                }
            );
        return Spaces().Replace(string.Concat(words), " ").Trim();
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();
}
