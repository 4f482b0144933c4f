using System.Text.Json;
using System.Text.Json.Nodes;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Events;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>
/// What an operator writes in place of a payload is held against the event's record, member by member.
/// </summary>
public sealed class PayloadCheckTests
{
    private enum Size
    {
        Small = 1,
    }

    [Fact]
    public void Takes_what_the_log_writes() => Faults(_ => { }).ShouldBeEmpty();

    [Theory]
    [InlineData("id", "1", "UUID")]
    [InlineData("id", "\"one\"", "UUID")]
    [InlineData("count", "\"1\"", "whole number of 32 bits")]
    [InlineData("count", "1.5", "whole number of 32 bits")]
    [InlineData("count", "3000000000", "whole number of 32 bits")]
    [InlineData("count", "null", "null")]
    [InlineData("weight", "\"1\"", "number")]
    [InlineData("heavy", "\"true\"", "true or false")]
    [InlineData("at", "\"yesterday\"", "time")]
    [InlineData(
        "at",
        "\"2026-01-01T00:00:00\"",
        "must be a time in UTC; write it in UTC, such as 2026-01-01T00:00:00Z"
    )]
    [InlineData("at", "\"2026-01-01\"", "write it in UTC")]
    [InlineData("at", "\"2026-01-01T14:00:00+14:00\"", "write it in UTC")]
    [InlineData("seen", "\"2026-01-01T00:00:00\"", "write it in UTC")]
    [InlineData("day", "\"2026-02-30\"", "date")]
    [InlineData("size", "7", "Small")]
    [InlineData("size", "\"Small\"", "Small")]
    [InlineData("box", "[]", "object")]
    [InlineData("box", "null", "null")]
    [InlineData("tags", "{}", "array")]
    [InlineData("codes", "[]", "object")]
    public void Refuses_a_value_of_another_kind(string member, string json, string expected) =>
        Faults(payload => payload[member] = JsonNode.Parse(json))
            .ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(
                fault => fault.Key.ShouldBe($"payload.{member}"),
                fault => fault.Value.ShouldHaveSingleItem().ShouldContain(expected)
            );

    [Theory]
    [InlineData("2026-01-01T00:00:00Z")]
    [InlineData("2026-01-01T00:00:00.1234567+00:00")]
    public void Takes_a_time_in_UTC(string time) => Faults(payload => payload["at"] = time).ShouldBeEmpty();

    [Theory]
    [InlineData("optional")]
    [InlineData("note")]
    [InlineData("parent")]
    public void Takes_null_where_the_record_does(string member) =>
        Faults(payload => payload[member] = null).ShouldBeEmpty();

    [Fact]
    public void Misses_only_what_has_no_default() =>
        string.Join(' ', Faults(payload => payload.Clear()).Keys.Select(path => path["payload.".Length..]))
            .ShouldBe("at box codes count day heavy id note parent size tags weight");

    [Fact]
    public void Looks_into_lists_and_records()
    {
        Faults(payload => payload["tags"] = new JsonArray("a", null)).Keys.ShouldBe(["payload.tags[1]"]);
        Faults(payload => payload["codes"] = new JsonObject { ["a"] = "1" }).Keys.ShouldBe(["payload.codes.a"]);
        Faults(payload =>
            payload["box"] = new JsonObject { ["labels"] = new JsonArray(null, new JsonObject { ["txet"] = "a" }) }
        )
            .Keys.ShouldBe(
                ["payload.box.labels[1].text", "payload.box.labels[1].txet"],
                "The first label may be null."
            );
    }

    private static IReadOnlyDictionary<string, string[]> Faults(Action<JsonObject> change)
    {
        Parcel parcel = new(
            Guid.CreateVersion7(),
            1,
            1.5m,
            true,
            DateTimeOffset.UnixEpoch,
            new(2026, 1, 31),
            Size.Small,
            "n",
            1,
            new([new("l"), null]),
            ["a"],
            new Dictionary<string, int>(StringComparer.Ordinal) { ["a"] = 1 }
        );
        var payload = (JsonObject)JsonNode.Parse(EventSerializer.Serialize(parcel))!;
        change(payload);
        return PayloadCheck.Of(JsonElement.Parse(payload.ToJsonString()), typeof(Parcel), before: default);
    }

    [IntegrationEvent("parcel.packed", version: 1)]
    private sealed record Parcel(
        Guid Id,
        int Count,
        decimal Weight,
        bool Heavy,
        DateTimeOffset At,
        DateOnly Day,
        Size Size,
        string? Note,
        int? Parent,
        Box Box,
        IReadOnlyList<string> Tags,
        IReadOnlyDictionary<string, int> Codes,
        string? Optional = null,
        DateTime? Seen = null,
        bool Fragile = false
    ) : IIntegrationEvent
    {
        public string Key => Id.ToString();

        public int Twice => Count * 2;
    }

    private sealed record Box(IReadOnlyList<Label?> Labels);

    private sealed record Label(string Text);
}
