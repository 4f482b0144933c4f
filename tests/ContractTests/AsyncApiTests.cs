using System.Text.Json.Nodes;
using BuildingBlocks.Testing.Contracts;

namespace ContractTests;

/// <summary>All events as one AsyncAPI document, checked in and read by AsyncAPI's own parser.</summary>
public sealed class AsyncApiTests
{
    [Fact]
    public async Task Document_is_checked_in_as_the_code_has_it() =>
        await Solution.CheckedIn("docs/contracts/asyncapi.json", Document);

    [Fact]
    public async Task Parser_of_AsyncAPI_has_nothing_to_say()
    {
        var said = await Tool.SayAsync("asyncapi", await Document());

        said["messages"]!.GetValue<int>().ShouldBeGreaterThan(0);
        said["operations"]!.GetValue<int>().ShouldBeGreaterThan(0);

        // 3.0 is what tools read by now; that there is a later one is all the parser may remark.
        said["diagnostics"]!
            .AsArray()
            .Where(one => one!["code"]!.GetValue<string>() is not "asyncapi-latest-version")
            .Select(one => one!.ToJsonString())
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task Parser_refuses_a_message_that_is_nowhere_and_an_example_that_breaks_its_schema()
    {
        var document = JsonNode.Parse(await Document())!;
        var operation = document["operations"]!
            .AsObject()
            .First(one => one.Key.EndsWith(".send", StringComparison.Ordinal))
            .Value!;
        operation["messages"]![0]!["$ref"] = "#/channels/nowhere/messages/none";
        document["components"]!["messages"]!.AsObject().First().Value!["examples"]![0]!["payload"] = new JsonObject
        {
            ["unknown"] = true,
        };

        var faults = (await Tool.SayAsync("asyncapi", document.ToJsonString()))["diagnostics"]!.AsArray();

        faults.ShouldContain(fault =>
            fault!["severity"]!.GetValue<int>() == 0
            && fault["message"]!.GetValue<string>().Contains("nowhere", StringComparison.Ordinal)
        );
    }

    private static async Task<string> Document()
    {
        await Solution.WriteContracts();
        return AsyncApiDocument.Of(
            "Modular monolith",
            Solution.Modules,
            Solution.Events,
            Solution.Published.StoredEvents
        );
    }
}
