using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.Testing;

namespace BuildingBlocks.Tests.EventLog;

/// <summary>What an event declares of its values holds for what an operator writes and for what is published.</summary>
public sealed class ValueRulesTests
{
    private static readonly Crate Good = new(
        Guid.CreateVersion7(),
        5,
        0,
        "EUR",
        "XXX",
        "DE",
        "sealed",
        "AB-1",
        "",
        DateTimeOffset.UnixEpoch,
        [new(1, 0.5)],
        ["fragile"],
        Sender: null
    );

    [Fact]
    public void Takes_what_keeps_the_rules() => Faults(_ => { }).ShouldBeEmpty();

    [Theory]
    [InlineData("id", "\"00000000-0000-0000-0000-000000000000\"", "not all zeros")]
    [InlineData("sender", "\"00000000-0000-0000-0000-000000000000\"", "not all zeros")]
    [InlineData("pieces", "0", "1 to 10")]
    [InlineData("pieces", "11", "1 to 10")]
    [InlineData("priceMinor", "-1", "0 or more")]
    [InlineData("priceMinor", "-9223372036854775808", "0 or more")]
    [InlineData("currency", "\"XXXX\"", "ISO 4217")]
    [InlineData("currency", "\"eur\"", "ISO 4217")]
    [InlineData("currency", "\"ZZZ\"", "ISO 4217")]
    [InlineData("currency", "\"XXX\"", "ISO 4217")]
    [InlineData("currency", "\"EUR\\n\"", "ISO 4217")]
    [InlineData("country", "\"UK\"", "ISO 3166-1")]
    [InlineData("country", "\"\"", "blank")]
    [InlineData("status", "\"Sealed\"", "one of open, sealed")]
    [InlineData("code", "\"AB-1\\n\"", "must match")]
    [InlineData("code", "\"ab-1\"", "must match")]
    [InlineData("code", "\" \"", "blank")]
    [InlineData("code", "\"\\u200b\\u2060\"", "blank")]
    [InlineData("note", "\"123456\"", "at most 5")]
    [InlineData("at", "\"0001-01-01T00:00:00Z\"", "year 1")]
    [InlineData("parts", "[]", "1 to 2")]
    [InlineData("tags", "[\"\"]", "blank", "tags[0]")]
    [InlineData("parts", """[{"pieces": 1, "weight": 1}, {"pieces": 0, "weight": 1}]""", "or more", "parts[1].pieces")]
    [InlineData("parts", """[{"pieces": 1, "weight": 0}]""", "more than 0", "parts[0].weight")]
    public void Refuses_a_value_that_breaks_a_rule_and_names_both(
        string member,
        string json,
        string rule,
        string? path = null
    ) =>
        Faults(crate => crate[member] = JsonNode.Parse(json))
            .ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(
                fault => fault.Key.ShouldBe($"payload.{path ?? member}"),
                fault => fault.Value.ShouldHaveSingleItem().ShouldContain(rule)
            );

    [Fact]
    public void Names_all_that_is_wrong() =>
        Faults(crate => (crate["pieces"], crate["currency"]) = (0, ""))
            .Keys.ShouldBe(["payload.currency", "payload.pieces"]);

    [Fact]
    public void Reads_what_breaks_them_for_it_may_have_been_stored_before_they_were() =>
        EventSerializer
            .Deserialize(EventSerializer.Serialize(Good with { Pieces = -1, Currency = "" }), typeof(Crate))
            .ShouldBeOfType<Crate>()
            .Pieces.ShouldBe(-1);

    [Fact]
    public void An_example_keeps_them() => ValueRules.Faults(EventExample.Of(typeof(Pallet)), root: "").ShouldBeNull();

    private static IReadOnlyDictionary<string, string[]> Faults(Action<JsonObject> change)
    {
        var payload = (JsonObject)JsonNode.Parse(EventSerializer.Serialize(Good))!;
        change(payload);
        return PayloadCheck.Of(JsonElement.Parse(payload.ToJsonString()), typeof(Crate), before: default);
    }

    [IntegrationEvent("crate.packed", version: 1)]
    private sealed record Crate(
        Guid Id,
        [Range(1, 10)] int Pieces,
        [Range(0, long.MaxValue)] long PriceMinor,
        [CurrencyCode] string Currency,
        [CurrencyCode(AllowsNone = true)] string Paid,
        [CountryCode] string? Country,
        [AllowedValues("open", "sealed")] string Status,
        [RegularExpression("[A-Z]{2}-[0-9]+")] string Code,
        [property: Required(AllowEmptyStrings = true), StringLength(5)] string Note,
        DateTimeOffset At,
        [Length(1, 2)] IReadOnlyList<Part> Parts,
        [MaxLength(3)] IReadOnlyList<string> Tags,
        Guid? Sender
    ) : IIntegrationEvent
    {
        public string Key => Id.ToString();
    }

    private sealed record Part(
        [Range(1, int.MaxValue)] int Pieces,
        [Range(0d, 100d, MinimumIsExclusive = true)] double Weight
    );

    [IntegrationEvent("pallet.packed", version: 1)]
    private sealed record Pallet(
        Guid Id,
        [Range(20, 30)] int Crates,
        [AllowedValues("open", "sealed")] string Status,
        [StringLength(3)] string Dock,
        [CountryCode] string Country
    ) : IIntegrationEvent
    {
        public string Key => Id.ToString();
    }
}
