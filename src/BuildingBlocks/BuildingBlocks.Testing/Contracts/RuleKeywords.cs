using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Events;

namespace BuildingBlocks.Testing.Contracts;

/// <summary>The rules that an event declares for the values of its members, as keywords of JSON schema.</summary>
internal static class RuleKeywords
{
    private const string Lowest = "minimum";
    private const string Highest = "maximum";
    private const string MinLength = "minLength";
    private const string MaxLength = "maxLength";
    private const string MinItems = "minItems";
    private const string MaxItems = "maxItems";
    private const string Pattern = "pattern";
    private const string OneOf = "enum";

    /// <summary>Whether a keyword tells of a rule; <c>enum</c> only beside a type, else it is one.</summary>
    public static bool IsRule(string keyword, JsonObject schema) =>
        keyword switch
        {
            Lowest or Highest or MinLength or MaxLength or MinItems or MaxItems or Pattern => true,
            OneOf => schema.ContainsKey("type"),
            _ => false,
        };

    /// <summary>Whether whatever keeps the rule as it is now keeps it as it was published.</summary>
    public static bool IsStricter(string keyword, JsonNode? was, JsonNode? now) =>
        (keyword, was, now) switch
        {
            (_, null, _) => true,
            (_, _, null) => false,
            (Lowest or MinLength or MinItems, _, _) => Number(now) >= Number(was),
            (Highest or MaxLength or MaxItems, _, _) => Number(now) <= Number(was),
            (OneOf, JsonArray allowed, JsonArray left) => left.All(value =>
                allowed.Any(one => JsonNode.DeepEquals(one, value))
            ),
            _ => JsonNode.DeepEquals(was, now),
        };

    public static void AddTo(JsonObject schema, JsonPropertyInfo member)
    {
        var type = Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;
        if (type == typeof(string) && !ValueRules.MayBeEmpty(member))
        {
            schema[MinLength] = 1;
        }

        foreach (var rule in ValueRules.DeclaredFor(member))
        {
            Add(schema, rule, type);
        }
    }

    private static void Add(JsonObject schema, ValidationAttribute rule, Type type)
    {
        var (least, most) = type == typeof(string) ? (MinLength, MaxLength) : (MinItems, MaxItems);
        switch (rule)
        {
            case RangeAttribute range when ValueRule.LimitsOf(range) is var (lowest, highest):
                schema[range.MinimumIsExclusive ? "exclusiveMinimum" : Lowest] = lowest;
                if (highest < LargestOf(type))
                {
                    schema[range.MaximumIsExclusive ? "exclusiveMaximum" : Highest] = highest;
                }

                break;
            case StringLengthAttribute length:
                schema[least] = Math.Max(length.MinimumLength, schema[least]?.GetValue<int>() ?? 0);
                schema[most] = length.MaximumLength;
                break;
            case LengthAttribute length:
                (schema[least], schema[most]) = (length.MinimumLength, length.MaximumLength);
                break;
            case MinLengthAttribute length:
                schema[least] = length.Length;
                break;
            case MaxLengthAttribute length:
                schema[most] = length.Length;
                break;
            case RegularExpressionAttribute pattern:
                schema[Pattern] = $"^(?:{pattern.Pattern})$";
                break;
            case EmailAddressAttribute:
                schema[Pattern] = "^[^@]+@[^@]+$";
                break;
            case AllowedValuesAttribute allowed:
                schema[OneOf] = JsonSerializer.SerializeToNode(allowed.Values);
                break;
            case CurrencyCodeAttribute:
                schema[Pattern] = "^[A-Z]{3}$";
                break;
            case CountryCodeAttribute:
                schema[Pattern] = "^[A-Z]{2}$";
                break;
        }
    }

    private static decimal Number(JsonNode limit) => decimal.Parse(limit.ToJsonString(), CultureInfo.InvariantCulture);

    /// <summary>What the type ends at needs no saying.</summary>
    private static decimal LargestOf(Type type) =>
        Type.GetTypeCode(type) switch
        {
            TypeCode.Int32 => int.MaxValue,
            TypeCode.Int16 => short.MaxValue,
            _ => long.MaxValue,
        };
}
