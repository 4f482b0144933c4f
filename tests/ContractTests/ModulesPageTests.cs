using System.Text.Json;
using BuildingBlocks.Testing;
using BuildingBlocks.Testing.Documentation;

namespace ContractTests;

/// <summary>docs/modules.md is what the code says, and all diagrams can be drawn.</summary>
public sealed class ModulesPageTests
{
    [Fact]
    public async Task Page_is_what_code_and_database_say_and_can_be_drawn()
    {
        await Solution.CheckedIn("docs/modules.md", Page);

        await DrawsAsync("docs/modules.md");
    }

    [Theory]
    [InlineData("docs/architecture.md")]
    [InlineData("README.md")]
    public Task Pictures_of_other_pages_can_be_drawn(string page) => DrawsAsync(page);

    private static async Task DrawsAsync(string page)
    {
        var diagrams = ModulesPage.DiagramsOf(
            await File.ReadAllTextAsync(Repository.File(page), TestContext.Current.CancellationToken)
        );
        diagrams.ShouldNotBeEmpty();
        var said = (
            await Tool.SayAsync(
                "mermaid",
                JsonSerializer.Serialize(diagrams.Append("flowchart LR\n    Orders ==>|\"order.placed"))
            )
        ).AsArray();

        said.SkipLast(1).Select(fault => fault?.GetValue<string>()).ShouldAllBe(fault => fault == null);
        said[^1].ShouldNotBeNull("Mermaid should refuse the diagram that is broken on purpose.");
    }

    private static async Task<string> Page()
    {
        await using var database = await TestDatabase.Create(TestContext.Current.CancellationToken);
        return await ModulesPage.Of(Solution.Modules, Solution.Events, database, TestContext.Current.CancellationToken);
    }
}
