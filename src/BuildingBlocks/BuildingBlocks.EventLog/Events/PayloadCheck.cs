using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace BuildingBlocks.EventLog.Events;

/// <summary>
/// Holds a payload that a person wrote against the event that it is to be, member by member. The log itself reads with
/// tolerance, since newer versions of a publisher add members; in what was typed by hand that would let a slip pass for
/// a value.
/// </summary>
internal sealed class PayloadCheck
{
    /// <summary>What every path begins with, as the payload is called where it is sent.</summary>
    public const string Root = "payload";

    private static readonly JsonSerializerOptions Strict = new(EventSerializer.Options)
    {
        PropertyNameCaseInsensitive = false,
        NumberHandling = JsonNumberHandling.Strict,
    };

    private readonly SortedDictionary<string, string[]> faults = new(StringComparer.Ordinal);

    private PayloadCheck() { }

    /// <summary>
    /// What is wrong, by path such as <c>payload.items[0].sku</c>; empty when the payload is what the type promises.
    /// </summary>
    /// <param name="payload">As it was written.</param>
    /// <param name="type">The event's type, of the version that was published.</param>
    /// <param name="before">What it is to replace: members that this code does not know may stay as they were.</param>
    public static IReadOnlyDictionary<string, string[]> Of(JsonElement payload, Type type, JsonElement before)
    {
        PayloadCheck check = new();
        check.Value(Root, payload, type, nullability: null, before);
        return check.faults.Count > 0 ? check.faults : BrokenRules(payload, type) ?? check.faults;
    }

    /// <summary>Of values that are of the right kind.</summary>
    private static IReadOnlyDictionary<string, string[]>? BrokenRules(JsonElement payload, Type type)
    {
        try
        {
            return ValueRules.Faults(EventSerializer.Deserialize(payload.GetRawText(), type), $"{Root}.");
        }
        catch (Exception unreadable) when (unreadable is not OperationCanceledException)
        {
            // Making the record is the publisher's code, which may refuse what the shape allows.
            return new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                [Root] = [$"'{Root}' cannot be read: {unreadable.Message}"],
            };
        }
    }

    private void Value(string path, JsonElement value, Type type, NullabilityInfo? nullability, JsonElement before)
    {
        var info = Strict.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
        switch (info.Kind)
        {
            case JsonTypeInfoKind.Object when value.ValueKind == JsonValueKind.Object:
                Members(path, value, info, before);
                break;
            case JsonTypeInfoKind.Enumerable when value.ValueKind == JsonValueKind.Array:
                foreach (var (index, element) in value.EnumerateArray().Index())
                {
                    Element($"{path}[{index}]", element, info.ElementType!, nullability, At(before, index));
                }

                break;
            case JsonTypeInfoKind.Dictionary when value.ValueKind == JsonValueKind.Object:
                foreach (var entry in value.EnumerateObject())
                {
                    Element(
                        $"{path}.{entry.Name}",
                        entry.Value,
                        info.ElementType!,
                        nullability,
                        Member(before, entry.Name)
                    );
                }

                break;
            case JsonTypeInfoKind.None:
                Plain(path, value, info);
                break;
            default:
                Fault(path, info.Kind == JsonTypeInfoKind.Enumerable ? "must be an array" : "must be an object");
                break;
        }
    }

    private void Members(string path, JsonElement value, JsonTypeInfo type, JsonElement before)
    {
        HashSet<string> given = new(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            var (place, was) = ($"{path}.{member.Name}", Member(before, member.Name));
            if (!given.Add(member.Name))
            {
                Fault(place, "is given more than once");
            }
            else if (
                type.Properties.FirstOrDefault(known =>
                    string.Equals(known.Name, member.Name, StringComparison.Ordinal)
                )
                is not { } property
            )
            {
                Unknown(place, member, was, type);
            }
            else if (member.Value.ValueKind != JsonValueKind.Null)
            {
                Value(place, member.Value, property.PropertyType, NullabilityOf(property), was);
            }
            else if (!TakesNull(property))
            {
                Fault(place, "must not be null");
            }
        }

        foreach (
            var property in type.Properties.Where(property => IsRequired(property) && !given.Contains(property.Name))
        )
        {
            Fault($"{path}.{property.Name}", "is missing");
        }
    }

    private void Unknown(string place, JsonProperty member, JsonElement was, JsonTypeInfo type)
    {
        if (was.ValueKind == JsonValueKind.Undefined || !JsonElement.DeepEquals(member.Value, was))
        {
            Fault(place, $"is not known; there are {string.Join(", ", type.Properties.Select(known => known.Name))}");
        }
    }

    private void Element(string path, JsonElement element, Type type, NullabilityInfo? list, JsonElement before)
    {
        var nullability = list?.ElementType ?? list?.GenericTypeArguments.LastOrDefault();
        if (element.ValueKind != JsonValueKind.Null)
        {
            Value(path, element, type, nullability, before);
        }
        else if (Nullable.GetUnderlyingType(type) is null && nullability?.ReadState != NullabilityState.Nullable)
        {
            Fault(path, "must not be null");
        }
    }

    private void Plain(string path, JsonElement value, JsonTypeInfo type)
    {
        try
        {
            switch (value.Deserialize(type))
            {
                case null:
                case Enum unnamed when !IsNamed(unnamed):
                    Fault(path, Expectation(type.Type));
                    break;
                case string text when text.Contains('\0', StringComparison.Ordinal):
                    Fault(path, "must be text without the character U+0000, which the database does not keep");
                    break;
                case DateTimeOffset or DateTime when !IsInUtc(value.GetString()!):
                    Fault(path, "must be a time in UTC; write it in UTC, such as 2026-01-01T00:00:00Z");
                    break;
            }
        }
        catch (JsonException)
        {
            Fault(path, Expectation(type.Type));
        }
    }

    // Without an offset it would be read as the time of whichever machine reads it, and PostgreSQL is given none but
    // UTC.
    private static bool IsInUtc(string time) => time.EndsWith('Z') || time.EndsWith("+00:00", StringComparison.Ordinal);

    private static bool IsNamed(Enum value) =>
        value.GetType().IsDefined(typeof(FlagsAttribute), inherit: false) || Enum.IsDefined(value.GetType(), value);

    private static string Expectation(Type type) =>
        type switch
        {
            _ when type == typeof(string) => "must be text",
            _ when type == typeof(Guid) => "must be a UUID such as \"0198a000-0000-7000-8000-000000000001\"",
            _ when type == typeof(bool) => "must be true or false",
            _ when type == typeof(DateTimeOffset) || type == typeof(DateTime) =>
                "must be a time such as \"2026-01-31T12:00:00Z\"",
            _ when type == typeof(DateOnly) => "must be a date such as \"2026-01-31\"",
            _ when type == typeof(TimeSpan) => "must be a duration such as \"00:00:30\"",
            _ when type == typeof(decimal) || type == typeof(double) || type == typeof(float) =>
                "must be a number, without quotes",
            _ when type.IsEnum =>
                $"must be one of {string.Join(", ", Enum.GetNames(type))}, written as the event's schema says",
            _ when type.IsPrimitive => $"must be a whole number of {Marshal.SizeOf(type) * 8} bits, without quotes",
            _ => "is not what belongs there; docs/contracts has the event's schema",
        };

    /// <summary>As the published schema has it: what the record's constructor asks for without a default.</summary>
    private static bool IsRequired(JsonPropertyInfo property) =>
        property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false };

    private static bool TakesNull(JsonPropertyInfo property) =>
        property.PropertyType.IsValueType
            ? Nullable.GetUnderlyingType(property.PropertyType) is not null
            : property.IsSetNullable;

    private static NullabilityInfo? NullabilityOf(JsonPropertyInfo property) =>
        property.AttributeProvider is PropertyInfo clr ? new NullabilityInfoContext().Create(clr) : null;

    private static JsonElement Member(JsonElement before, string name) =>
        before.ValueKind == JsonValueKind.Object && before.TryGetProperty(name, out var was) ? was : default;

    private static JsonElement At(JsonElement before, int index) =>
        before.ValueKind == JsonValueKind.Array && index < before.GetArrayLength() ? before[index] : default;

    private void Fault(string path, string what) => faults.TryAdd(path, [$"'{path}' {what}."]);
}
