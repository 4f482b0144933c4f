using System.Text.Json.Nodes;

namespace BuildingBlocks.Testing.Contracts;

/// <summary>One difference between a published shape and that of the code.</summary>
/// <param name="Record">The record that declares the member.</param>
/// <param name="What">What became of which member.</param>
/// <param name="Breaks">Whether consumers or stored events that rely on the published shape are let down.</param>
internal sealed record ContractChange(string Record, string What, bool Breaks);

/// <summary>
/// Holds a published shape against that of the code. Consumers written against the old shape read new events, and the
/// new code reads old events, so within a version nothing may change in either direction but that members are added
/// which may be missing.
/// </summary>
internal sealed class ContractComparison
{
    // Told to people only, or compared by themselves.
    private static readonly HashSet<string> Annotations = new(
        [
            "$schema",
            "$id",
            EventSchema.ModuleKeyword,
            "title",
            "description",
            "type",
            "format",
            "properties",
            "required",
            "items",
            "default",
        ],
        StringComparer.Ordinal
    );

    private readonly List<ContractChange> changes = [];

    private ContractComparison() { }

    public static IReadOnlyList<ContractChange> Of(JsonObject published, JsonObject code)
    {
        ContractComparison comparison = new();
        comparison.Members("", published, code);
        comparison.Keywords("", TitleOf(published, code), published, code);
        return comparison.changes;
    }

    /// <summary>Members of which no schema says what is on the wire.</summary>
    public static IEnumerable<string> Opaque(JsonObject schema, string path = "")
    {
        foreach (var (name, member) in Properties(schema))
        {
            foreach (var opaque in OpaqueIn(member, Join(path, name)))
            {
                yield return opaque;
            }
        }
    }

    private static IEnumerable<string> OpaqueIn(JsonNode? node, string path) =>
        node switch
        {
            JsonObject schema when schema.ContainsKey("items") => OpaqueIn(schema["items"], $"{path}[]"),
            JsonObject schema when schema.ContainsKey("additionalProperties") => OpaqueIn(
                schema["additionalProperties"],
                $"{path}{{}}"
            ),
            JsonObject schema
                when schema.ContainsKey("type") || schema.ContainsKey("enum") || schema.ContainsKey("$ref") => Opaque(
                schema,
                path
            ),
            _ => [path],
        };

    private void Members(string path, JsonObject was, JsonObject now)
    {
        var record = TitleOf(was, now);
        var (before, after) = (Properties(was), Properties(now));
        var (always, stillAlways) = (Required(was), Required(now));
        var added = after.Keys.Except(before.Keys, StringComparer.Ordinal).ToList();
        foreach (var (name, schema) in before)
        {
            var member = Join(path, name);
            if (!after.TryGetValue(name, out var current))
            {
                var renamed = added.Find(other => JsonNode.DeepEquals(Plain(after[other]), Plain(schema)));
                added.Remove(renamed ?? "");
                Break(
                    record,
                    renamed is null
                        ? $"member {member} was removed"
                        : $"member {member} was removed or renamed to {Join(path, renamed)}"
                );
                continue;
            }

            Shape(member, record, schema, current);
            if (always.Contains(name) != stillAlways.Contains(name))
            {
                Break(
                    record,
                    always.Contains(name)
                        ? $"member {member} was in every event and may be missing now"
                        : $"member {member} may be missing and is required now"
                );
            }
        }

        foreach (var name in added)
        {
            changes.Add(
                stillAlways.Contains(name)
                    ? new(
                        record,
                        $"member {Join(path, name)} was added without a default, so events stored before lack it",
                        Breaks: true
                    )
                    : new(record, $"member {Join(path, name)} was added", Breaks: false)
            );
        }
    }

    private void Shape(string member, string record, JsonNode? published, JsonNode? code)
    {
        var (was, now) = (published as JsonObject ?? [], code as JsonObject ?? []);
        if (!string.Equals(Kind(was), Kind(now), StringComparison.Ordinal))
        {
            Break(record, $"member {member} changed from {Kind(was)} to {Kind(now)}");
            return;
        }

        if (MayBeNull(was) != MayBeNull(now))
        {
            Break(
                record,
                MayBeNull(was) ? $"member {member} may not be null any more" : $"member {member} may be null now"
            );
        }

        if (!JsonNode.DeepEquals(was["default"], now["default"]))
        {
            Break(
                record,
                $"member {member} is {Text(now, "default")} instead of {Text(was, "default")} where it is missing"
            );
        }

        if (was.ContainsKey("items") || now.ContainsKey("items"))
        {
            Shape($"{member}[]", record, was["items"], now["items"]);
        }

        if (was["additionalProperties"] is JsonObject && now["additionalProperties"] is JsonObject)
        {
            Shape($"{member}{{}}", record, was["additionalProperties"], now["additionalProperties"]);
        }

        Members(member, was, now);
        Keywords(member, record, was, now);
    }

    private void Keywords(string member, string record, JsonObject was, JsonObject now)
    {
        foreach (
            var keyword in was.Select(one => one.Key)
                .Union(now.Select(one => one.Key), StringComparer.Ordinal)
                .Except(Annotations, StringComparer.Ordinal)
        )
        {
            var described =
                keyword is "additionalProperties" && was[keyword] is JsonObject && now[keyword] is JsonObject;
            if (described || JsonNode.DeepEquals(was[keyword], now[keyword]))
            {
                continue;
            }

            if (RuleKeywords.IsRule(keyword, now) && RuleKeywords.IsStricter(keyword, was[keyword], now[keyword]))
            {
                changes.Add(new(record, $"member {member} is held to {keyword} {Text(now, keyword)}", Breaks: false));
            }
            else
            {
                Break(
                    record,
                    $"member {member} changed its "
                        + $"{(keyword is "enum" or EventSchema.EnumKeyword ? "values" : keyword)} from "
                        + $"{Text(was, keyword)} to {Text(now, keyword)}"
                );
            }
        }
    }

    private void Break(string record, string what) => changes.Add(new(record, what, Breaks: true));

    private static string TitleOf(JsonObject was, JsonObject now) =>
        (now["title"] ?? was["title"])?.GetValue<string>() ?? "";

    private static Dictionary<string, JsonNode?> Properties(JsonObject schema) =>
        (schema["properties"] as JsonObject ?? []).ToDictionary(
            member => member.Key,
            member => member.Value,
            StringComparer.Ordinal
        );

    private static HashSet<string> Required(JsonObject schema) =>
        (schema["required"] as JsonArray ?? [])
            .Select(name => name!.GetValue<string>())
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>The type as a person would name it, but for whether it may be null.</summary>
    private static string Kind(JsonObject schema)
    {
        var types = string.Join(
            " or ",
            Types(schema).Except(["null"], StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );
        var kind =
            types.Length > 0 ? types
            : schema.ContainsKey("enum") ? "enum"
            : schema["$ref"]?.ToString() ?? "anything";
        return schema["format"] is { } format ? $"{kind} ({format})" : kind;
    }

    private static bool MayBeNull(JsonObject schema) => Types(schema).Contains("null", StringComparer.Ordinal);

    private static IEnumerable<string> Types(JsonObject schema) =>
        schema["type"] switch
        {
            JsonArray several => several.Select(type => type!.GetValue<string>()),
            { } one => [one.GetValue<string>()],
            null => [],
        };

    private static string Text(JsonObject schema, string keyword) =>
        schema.TryGetPropertyValue(keyword, out var value) ? value?.ToJsonString() ?? "null" : "unset";

    /// <summary>The shape without what it is told to mean.</summary>
    private static JsonNode? Plain(JsonNode? schema)
    {
        var plain = schema?.DeepClone();
        (plain as JsonObject)?.Remove("description");
        return plain;
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
