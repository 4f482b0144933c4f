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
            (await database.Administrator.Value<string>("select $1::jsonb::text", stored.Payload)).ShouldBe(stored.Payload, stored.Title);
        }
    }

    private static string Lines(IEnumerable<string> found) => string.Join('\n', found);
}
