using System.Text.Json.Nodes;
using BuildingBlocks.Testing;
using BuildingBlocks.Testing.Contracts;

namespace ContractTests;

/// <summary>What was promised in events is kept. See docs/guides/event-versions.md.</summary>
public sealed class PublishedTests
{
    private static readonly PublishedContracts Published = Solution.Published;

    [Fact]
    public void No_published_event_version_is_broken() => Lines(Published.Breaks()).ShouldBeEmpty();

    [Fact]
    public async Task Every_event_version_is_checked_in_as_the_code_has_it()
    {
        await Solution.WriteContracts();

        Lines(Published.Stale()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Stored_events_are_as_the_database_gives_them_back()
    {
        await Solution.WriteContracts();
        await using var database = await TestDatabase.Create(TestContext.Current.CancellationToken);
        Published.StoredEvents.ShouldNotBeEmpty();
        foreach (var stored in Published.StoredEvents)
        {
            (await database.Administrator.Value<string>("select $1::jsonb::text", stored.Payload)).ShouldBe(
                stored.Payload,
                stored.Title
            );
        }
    }

    [Fact]
    public void Every_number_and_list_of_an_event_says_what_values_it_may_have() =>
        Lines(
                from contract in Solution.Events
                from member in Undeclared(contract.Schema, "")
                select $"{contract}: member {member} has no [Range], [Length], [MinLength] or [MaxLength]"
            )
            .ShouldBeEmpty();

    private static IEnumerable<string> Undeclared(JsonNode? node, string path)
    {
        if (node is not JsonObject schema)
        {
            yield break;
        }

        var type = schema["type"]?.ToJsonString() ?? "";
        string[] rules =
            type.Contains("array", StringComparison.Ordinal) ? ["minItems", "maxItems"]
            : type.Contains("integer", StringComparison.Ordinal) || type.Contains("number", StringComparison.Ordinal)
                ? ["minimum", "exclusiveMinimum"]
            : [];
        if (rules.Length > 0 && !rules.Any(schema.ContainsKey))
        {
            yield return path;
        }

        foreach (var (name, member) in schema["properties"] as JsonObject ?? [])
        {
            foreach (var undeclared in Undeclared(member, $"{path}.{name}".TrimStart('.')))
            {
                yield return undeclared;
            }
        }

        foreach (var undeclared in Undeclared(schema["items"], $"{path}[]"))
        {
            yield return undeclared;
        }
    }

    private static string Lines(IEnumerable<string> found) => string.Join('\n', found);
}
