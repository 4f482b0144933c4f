using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Host.OpenApi;

/// <summary>The doc comments of our assemblies, read from the files the compiler puts beside them.</summary>
internal sealed partial class DocComments
{
    private readonly ConcurrentDictionary<Assembly, Dictionary<string, XElement>> files = [];

    /// <summary>The first sentences about a type, or null.</summary>
    public string? SummaryOf(Type type) => Plain(Member(type, $"T:{NameOf(type)}")?.Element("summary"));

    /// <summary>What is said about a record's parameter or a property, or null.</summary>
    public string? SummaryOf(Type type, string property) =>
        Plain(
            Member(type, $"T:{NameOf(type)}")
                ?.Elements("param")
                .FirstOrDefault(parameter => IsNamed(parameter, property))
        ) ?? Plain(Member(type, $"P:{NameOf(type)}.{property}")?.Element("summary"));

    /// <summary>The example that is given for a record's parameter, or null.</summary>
    public string? ExampleOf(Type type, string property) =>
        Member(type, $"T:{NameOf(type)}")
            ?.Elements("param")
            .FirstOrDefault(parameter => IsNamed(parameter, property))
            ?.Attribute("example")
            ?.Value;

    private static bool IsNamed(XElement parameter, string name) =>
        string.Equals(parameter.Attribute("name")?.Value, name, StringComparison.OrdinalIgnoreCase);

    private XElement? Member(Type type, string id) => files.GetOrAdd(type.Assembly, Read).GetValueOrDefault(id);

    private static string NameOf(Type type) =>
        (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static Dictionary<string, XElement> Read(Assembly assembly)
    {
        var path = Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            return XDocument
                .Load(path)
                .Descendants("member")
                .ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal);
        }
        catch (XmlException)
        {
            // Comments are an extra; without them the document is still right.
            return [];
        }
    }

    /// <summary>The text without tags: what a reference or name refers to stands in its place.</summary>
    private static string? Plain(XElement? comment)
    {
        if (comment is null)
        {
            return null;
        }

        var text = string.Concat(
            comment
                .Nodes()
                .Select(node =>
                    node switch
                    {
                        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                        XElement element when element.Attribute("cref") is { } reference => reference.Value[
                            (reference.Value.LastIndexOf('.') + 1)..
                        ],
                        XElement element when element.Attribute("name") is { } name => name.Value,
                        XElement element => element.Value,
                        XText words => words.Value,
                        _ => "",
                    }
                )
        );
        return Space().Replace(text, " ").Trim() is { Length: > 0 } plain ? plain : null;
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Space();
}
