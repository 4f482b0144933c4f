using System.Collections;
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace BuildingBlocks.EventLog.Events;

/// <summary>
/// Holds an event against the rules that its record declares for its values, in nested records and lists too. Text must
/// say something unless it may be empty, an id is not all zeros and an instant is not that of an unset variable: these
/// need no attribute. Only what is about to be written is held against them, never what is read: a rule that came later
/// must not make stored events unreadable.
/// </summary>
internal sealed class ValueRules
{
    private static readonly ConcurrentDictionary<Type, Member[]> Known = new();

    private SortedDictionary<string, string[]>? faults;

    private ValueRules() { }

    /// <summary>What is wrong, by path such as <c>payload.items[0].quantity</c>; null when nothing is.</summary>
    /// <param name="value">An event.</param>
    /// <param name="root">What paths begin with, with the dot; or nothing.</param>
    public static IReadOnlyDictionary<string, string[]>? Faults(object value, string root)
    {
        ValueRules rules = new();
        rules.Members(value, root);
        return rules.faults;
    }

    /// <summary>The attributes that declare rules of a member, on the record's parameter or on its property.</summary>
    public static IEnumerable<ValidationAttribute> DeclaredFor(JsonPropertyInfo property) =>
        [.. AttributesOf(property.AttributeProvider), .. AttributesOf(property.AssociatedParameter?.AttributeProvider)];

    /// <summary>Whether text may be empty, which <c>[Required(AllowEmptyStrings = true)]</c> says.</summary>
    public static bool MayBeEmpty(JsonPropertyInfo property) =>
        DeclaredFor(property).Any(rule => rule is RequiredAttribute { AllowEmptyStrings: true });

    private static IEnumerable<ValidationAttribute> AttributesOf(ICustomAttributeProvider? provider) =>
        provider?.GetCustomAttributes(typeof(ValidationAttribute), inherit: true).Cast<ValidationAttribute>() ?? [];

    private static Member[] Compile(Type type)
    {
        var info = EventSerializer.Options.GetTypeInfo(type);
        return info.Kind != JsonTypeInfoKind.Object
            ? []
            :
            [
                .. from property in info.Properties
                where property.Get is not null
                let rules = DeclaredFor(property).Select(ValueRule.Of).OfType<ValueRule>().ToArray()
                select new Member(property.Name, property.Get!, rules, MayBeEmpty(property)),
            ];
    }

    private void Members(object value, string place)
    {
        foreach (var member in Known.GetOrAdd(value.GetType(), Compile))
        {
            if (member.Get(value) is { } given)
            {
                Value(given, place, member.Name, member.MayBeEmpty);
                foreach (var rule in member.Rules)
                {
                    if (!rule.Holds(given))
                    {
                        Fault(place + member.Name, rule.What);
                    }
                }
            }
        }
    }

    private void Value(object value, string place, string name, bool mayBeEmpty)
    {
        switch (value)
        {
            case string text when !mayBeEmpty && VisibleText.IsBlank(text):
                Fault(place + name, "must not be blank");
                break;
            case string:
                break;
            case Guid id when id == Guid.Empty:
                Fault(place + name, "must be an id, not all zeros");
                break;
            case DateTimeOffset at when at == default:
                Fault(place + name, "must be a time, not the beginning of year 1");
                break;
            case IDictionary entries:
                foreach (DictionaryEntry entry in entries)
                {
                    Element(entry.Value, place, $"{name}.{entry.Key}");
                }

                break;
            case IEnumerable list:
                var index = 0;
                foreach (var element in list)
                {
                    Element(element, place, string.Create(CultureInfo.InvariantCulture, $"{name}[{index++}]"));
                }

                break;
            default:
                if (!value.GetType().IsPrimitive)
                {
                    Members(value, $"{place}{name}.");
                }

                break;
        }
    }

    private void Element(object? element, string place, string name)
    {
        if (element is not null)
        {
            Value(element, place, name, mayBeEmpty: false);
        }
    }

    private void Fault(string path, string what) =>
        (faults ??= new(StringComparer.Ordinal)).TryAdd(path, [$"'{path}' {what}."]);

    private readonly record struct Member(string Name, Func<object, object?> Get, ValueRule[] Rules, bool MayBeEmpty);
}
