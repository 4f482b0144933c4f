using BuildingBlocks.Application;
using OrderSearch.Features;
using static OrderSearch.Tests.OrderSearchFixture;

namespace OrderSearch.Tests.Features;

public sealed class SearchOrdersInputTests(OrderSearchFixture orders) : IClassFixture<OrderSearchFixture>
{
    [Theory]
    [InlineData(
        "country",
        "order-search.unknown-country",
        "",
        "de",
        "DEU",
        "XX",
        "Germany",
        "D\0",
        "'; drop table customers; --"
    )]
    [InlineData(
        "sku",
        "order-search.invalid-sku",
        "",
        " ",
        "A B",
        "TEA\0",
        "ÄPFEL",
        "12345678901234567890123456789012345678901"
    )]
    [InlineData("text", "order-search.invalid-text", "", "  ", "!!! & |", "tea\0", "\ud83c\udf75")]
    [InlineData(
        "confirmedSince",
        "order-search.invalid-time",
        "",
        "yesterday",
        "2026-02-30",
        "2026-01-31 12:00",
        "01/31/2026",
        "12:00",
        "1767225600",
        "2026-01-31T12:00:00 02:00",
        "0001-01-01T00:00:00+14:00"
    )]
    [InlineData("status", "order-search.unknown-status", "", "paid", "Placed", "1", "placed,confirmed")]
    [InlineData(
        "cursor",
        "order-search.bad-cursor",
        "",
        "1",
        "?????????????????????????????????????????==",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0"
    )]
    public async Task Refuses_nonsense_and_blames_the_field(string field, string code, params string[] values)
    {
        foreach (var value in values)
        {
            var refusal = await orders.Refusal(With(field, value));

            (refusal.Kind, refusal.Code, refusal.Fields.Keys.Single()).ShouldBe(
                (ErrorKind.Invalid, code, field),
                $"{field}={value}"
            );
            refusal.Fields[field].Single().ShouldBe(refusal.Detail);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(101)]
    [InlineData(int.MaxValue)]
    public async Task Refuses_limits_out_of_range(int limit)
    {
        var refusal = await orders.Refusal(All with { Limit = limit });

        (refusal.Kind, refusal.Code, refusal.Fields.Keys.Single()).ShouldBe(
            (ErrorKind.Invalid, "order-search.invalid-limit", "limit")
        );
    }

    [Fact]
    public async Task Refuses_text_that_is_too_long()
    {
        (await orders.Refusal(All with { Text = new('a', 201) })).Code.ShouldBe("order-search.invalid-text");
        (await orders.Search(All with { Text = new('a', 200) })).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Tells_everything_that_is_wrong_at_once()
    {
        var refusal = await orders.Refusal(new("xx", "!", "!", "!", "!", "!", 0));

        refusal.Code.ShouldBe("request.invalid");
        refusal
            .Fields.Keys.Order(StringComparer.Ordinal)
            .ShouldBe(["confirmedSince", "country", "cursor", "limit", "sku", "status", "text"]);
    }

    [Theory]
    [InlineData("2026-01-31", "2026-01-31T00:00:00Z")]
    [InlineData("2026-01-31T12:30", "2026-01-31T12:30:00Z")]
    [InlineData("2026-01-31T12:30:00Z", "2026-01-31T12:30:00Z")]
    [InlineData("2026-01-31T12:30:00.123456+02:00", "2026-01-31T10:30:00.123456Z")]
    public void Reads_times_of_ISO_8601_as_UTC(string text, string time) =>
        Domain.Time.Parse(text).ShouldBe(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void A_cursor_reads_back_what_was_written_and_refuses_a_time_that_is_none()
    {
        var filter = SearchFilter.Of(All).Fingerprint();
        KeysetCursor cursor = new(Noon, Guid.CreateVersion7());
        var text = cursor.ToText(filter);

        KeysetCursor.Read(text, filter).ShouldBe(cursor);
        KeysetCursor.Read(text, SearchFilter.Of(All with { Country = "DE" }).Fingerprint()).ShouldBeNull();
        KeysetCursor.Read(text).ShouldBeNull();
        KeysetCursor.Read(text[..11] + "_____________" + text[24..], filter).ShouldBeNull();
    }

    private static SearchOrders With(string field, string value) =>
        field switch
        {
            "country" => All with { Country = value },
            "sku" => All with { Sku = value },
            "text" => All with { Text = value },
            "confirmedSince" => All with { ConfirmedSince = value },
            "status" => All with { Status = value },
            _ => All with { Cursor = value },
        };
}
