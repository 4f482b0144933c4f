using System.Globalization;
using System.Text.Json.Nodes;
using BuildingBlocks.Testing.Contracts;

namespace ContractTests;

/// <summary>Each event leaves the installation as a CloudEvent that the SDK of CloudEvents takes.</summary>
public sealed class CloudEventTests
{
    [Fact]
    public async Task SDK_of_CloudEvents_reads_every_event_as_it_was_stored()
    {
        var all = await Stored();
        var said = (
            await Tool.SayAsync("cloudevents", string.Join('\n', all.Select(stored => stored.ToCloudEvent())))
        ).AsArray();

        said.Count.ShouldBe(all.Count);
        foreach (var (stored, read) in all.Zip(said))
        {
            read!["error"]?.GetValue<string>().ShouldBeNull(stored.Title);
            JsonNode
                .DeepEquals(read["data"], JsonNode.Parse(stored.Payload))
                .ShouldBeTrue($"{stored.Title} came back as {read["data"]}");
            var attributes = read["attributes"]!.AsObject();
            attributes
                .Select(attribute => attribute.Key)
                .Order(StringComparer.Ordinal)
                .ShouldBe([
                    "causationid",
                    "correlationid",
                    "datacontenttype",
                    "dataschema",
                    "id",
                    "source",
                    "specversion",
                    "subject",
                    "time",
                    "traceparent",
                    "type",
                ]);
            var (name, version) = (stored.Title.Split(' ')[0], stored.Title.Split(' ')[1]);
            attributes["type"]!.GetValue<string>().ShouldBe($"{name}.v{version}");
            attributes["dataschema"]!.GetValue<string>().ShouldBe($"urn:event:{name}:{version}");
            attributes["source"]!.GetValue<string>().ShouldStartWith("/modules/");
            attributes["subject"]!.GetValue<string>().ShouldNotBeNullOrEmpty();
            DateTimeOffset
                .Parse(attributes["time"]!.GetValue<string>(), CultureInfo.InvariantCulture)
                .Offset.ShouldBe(TimeSpan.Zero);
        }
    }

    [Fact]
    public async Task SDK_of_CloudEvents_refuses_events_that_are_none()
    {
        var whole = (await Stored())[0].ToCloudEvent();
        string[] crippled =
        [
            .. new[] { ("source", ""), ("type", ""), ("dataschema", "no URI"), ("Upper-Case", "x") }.Select(one =>
                With(whole, one.Item1, one.Item2)
            ),
        ];

        var said = (await Tool.SayAsync("cloudevents", string.Join('\n', crippled))).AsArray();

        foreach (var (sent, read) in crippled.Zip(said))
        {
            read!["error"].ShouldNotBeNull(sent);
        }
    }

    private static async Task<IReadOnlyList<StoredExample>> Stored()
    {
        await Solution.WriteContracts();
        return Solution.Published.StoredEvents;
    }

    private static string With(string cloudEvent, string attribute, string value)
    {
        var changed = JsonNode.Parse(cloudEvent)!.AsObject();
        changed[attribute] = value;
        return changed.ToJsonString();
    }
}
