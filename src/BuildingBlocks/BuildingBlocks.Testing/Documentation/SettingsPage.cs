using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using BuildingBlocks.Settings;
using BuildingBlocks.Testing.Contracts;

namespace BuildingBlocks.Testing.Documentation;

/// <summary>
/// The page of all settings: what stands above its mark is written by hand, what follows is made from the options
/// classes, their defaults, ranges and doc comments.
/// </summary>
public static partial class SettingsPage
{
    /// <summary>What follows this line of the page is generated.</summary>
    public const string Mark = "<!-- options: written by tests/ContractTests -->";

    private const string SectionName = "Section";
    private const string Suffix = "Options";

    /// <summary>The page with its generated part written anew.</summary>
    /// <param name="page">The page as it is.</param>
    /// <param name="modules">The modules; their settings stand in a section of the module's name.</param>
    /// <param name="others">Further assemblies; an options class of theirs names its section in a constant
    /// <c>Section</c>.</param>
    /// <exception cref="ArgumentException">The page has no mark.</exception>
    /// <exception cref="InvalidOperationException">A setting has no doc comment.</exception>
    public static string Of(string page, DescribedModules modules, IEnumerable<Assembly> others)
    {
        var end = page.IndexOf(Mark, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new ArgumentException($"The page has no line {Mark}.", nameof(page));
        }

        StringBuilder text = new(page[..end]);
        text.Append(Mark).Append('\n');
        foreach (var type in others.SelectMany(OptionsOf).OrderBy(SectionOf, StringComparer.OrdinalIgnoreCase))
        {
            Write(text, SectionOf(type), type);
        }

        foreach (var module in modules.All)
        {
            foreach (var type in OptionsOf(module.Module.Assembly))
            {
                Write(text, module.Name, type);
            }
        }

        return text.ToString();
    }

    /// <summary>
    /// The settings of these assemblies that stand by themselves in the configuration, each with its range as the page
    /// has to give it.
    /// </summary>
    public static IReadOnlyDictionary<string, string> SingleSettingsOf(IEnumerable<Assembly> assemblies) =>
        assemblies
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.ContainsGenericParameters)
            .SelectMany(type =>
                type.GetFields(
                    BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly
                )
            )
            .Select(field => field.FieldType.IsGenericType ? field.GetValue(null) : null)
            .Select(setting =>
                setting switch
                {
                    RangedSetting<int> number => (number.Name, Range: RangeOf(number.Least, number.Most)),
                    RangedSetting<TimeSpan> duration => (duration.Name, Range: RangeOf(duration.Least, duration.Most)),
                    _ => (Name: "", Range: ""),
                }
            )
            .Where(setting => setting.Name.Length > 0)
            .ToDictionary(setting => setting.Name, setting => setting.Range, StringComparer.Ordinal);

    /// <summary>Those that are a section; others are a part of one.</summary>
    private static IEnumerable<Type> OptionsOf(Assembly assembly)
    {
        var all = assembly.GetTypes().Where(IsOptions).ToArray();
        return all.Except(all.SelectMany(type => type.GetProperties()).Select(property => property.PropertyType))
            .OrderBy(type => type.Name, StringComparer.Ordinal);
    }

    private static bool IsOptions(Type type) =>
        type.Name.EndsWith(Suffix, StringComparison.Ordinal) && type is { IsAbstract: false };

    private static string SectionOf(Type type) =>
        type.GetField(SectionName)?.GetRawConstantValue() as string
        ?? throw new ArgumentException($"{type} names no section in a constant {SectionName}.", nameof(type));

    private static void Write(StringBuilder text, string section, Type type)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {section}\n\n");
        text.Append(Paragraph.Of(DocComments.Of(type).Summary(type) ?? throw Undocumented(type.Name)));

        text.Append("\n| setting | default | range | meaning |\n| --- | --- | --- | --- |\n");
        WriteRows(text, section, type);
    }

    private static void WriteRows(StringBuilder text, string section, Type type)
    {
        var defaults = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            if (property is { CanWrite: false } && !IsDictionary(property.PropertyType))
            {
                continue;
            }

            if (IsOptions(property.PropertyType))
            {
                WriteRows(text, $"{section}:{property.Name}", property.PropertyType);
                continue;
            }

            var name = IsDictionary(property.PropertyType) ? $"{property.Name}:<name>" : property.Name;
            var meaning = DocComments.Of(type).Member(type, property.Name)
                ?? throw Undocumented($"{type.Name}.{property.Name}");
            var stated = StatedDefault().Match(meaning);
            var range = property.GetCustomAttribute<RangeAttribute>() is { } limits
                ? RangeOf(limits.Minimum, limits.Maximum)
                : "";
            var value = stated.Success ? Cell(stated.Groups["value"].Value) : ValueOf(property, defaults);
            meaning = Cell(StatedDefault().Replace(meaning, "").TrimEnd());
            text.Append(CultureInfo.InvariantCulture, $"| `{section}:{name}` | {value} | {range} | {meaning} |\n");
        }
    }

    private static string ValueOf(PropertyInfo property, object defaults) =>
        property.GetValue(defaults) switch
        {
            null or "" => "",
            string value => $"`{Cell(value)}`",
            IEnumerable => "",
            var value => $"`{Written(value)}`",
        };

    private static bool IsDictionary(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition().Name.Contains("Dictionary", StringComparison.Ordinal);

    private static string RangeOf(object least, object most) => $"`{Written(least)}` to `{Written(most)}`";

    /// <summary>A value as it is written in the configuration.</summary>
    private static string Written(object value) =>
        value switch
        {
            bool flag => flag ? "true" : "false",
            TimeSpan duration => Fraction().Replace(duration.ToString("c", CultureInfo.InvariantCulture), ""),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static InvalidOperationException Undocumented(string what) =>
        new($"{what} has no doc comment, which would be its line in the page of settings.");

    /// <summary>
    /// Where a default depends on the machine or on another setting, the doc comment says what it is.
    /// </summary>
    [GeneratedRegex(@"Default: (?<value>.+?)\.(?:\s|$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StatedDefault();

    [GeneratedRegex(@"(?<=\.\d{3})0000$", RegexOptions.None, 1000)]
    private static partial Regex Fraction();
}
