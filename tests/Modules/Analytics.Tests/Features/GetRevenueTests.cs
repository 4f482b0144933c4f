using Analytics.Features;
using BuildingBlocks.Application;
using BuildingBlocks.Testing;
using static Analytics.Tests.AnalyticsFixture;

namespace Analytics.Tests.Features;

public sealed class GetRevenueTests(AnalyticsFixture analytics) : IClassFixture<AnalyticsFixture>
{
    [Fact]
    public async Task Tells_revenue_by_day_country_and_product_in_each_currency()
    {
        await analytics.Given(
            Confirmation("CHF", Noon, "DE", Line("TEA", 2, 350), Line("JAM", 1, 500)),
            Confirmation("CHF", Noon.AddDays(1), "DE", Line("TEA", 1, 300)),
            Confirmation("CHF", Noon.AddDays(1), "FR", Line("JAM", 3, 500)),
            Confirmation("SEK", Noon, "DE", Line("TEA", 1, 40))
        );

        (await analytics.Revenue("day", "CHF")).ShouldBe([
            Sum("2030-01-01", "CHF", 1200, orders: 1, quantity: 3),
            Sum("2030-01-02", "CHF", 1800, orders: 2, quantity: 4),
        ]);
        (await analytics.Revenue("country", "CHF")).ShouldBe([
            Sum("DE", "CHF", 1500, orders: 2, quantity: 4),
            Sum("FR", "CHF", 1500, orders: 1, quantity: 3),
        ]);
        (await analytics.Revenue("product", "CHF")).ShouldBe([
            Sum("JAM", "CHF", 2000, orders: 2, quantity: 4),
            Sum("TEA", "CHF", 1000, orders: 2, quantity: 3),
        ]);
        (await analytics.Revenue("country", "SEK")).ShouldBe([Sum("DE", "SEK", 40, orders: 1, quantity: 1)]);
    }

    [Fact]
    public async Task Tells_only_the_days_asked_for_the_last_included()
    {
        await analytics.Given([
            .. Enumerable.Range(0, 5).Select(i => Confirmation("NOK", Noon.AddDays(i), "DE", Line("TEA", 1, 1))),
        ]);

        (await analytics.Revenue("day", "NOK", "2030-01-02", "2030-01-04"))
            .Select(item => item.Key)
            .ShouldBe(["2030-01-02", "2030-01-03", "2030-01-04"]);
        (await analytics.Revenue("country", "NOK", from: "2030-01-04")).Single().RevenueMinor.ShouldBe(2);
        (await analytics.Revenue("product", "NOK", to: "2030-01-01")).Single().RevenueMinor.ShouldBe(1);
        (await analytics.Revenue("day", "NOK", "2030-01-03", "2030-01-03")).Single().RevenueMinor.ShouldBe(1);
        (await analytics.Revenue("day", "NOK", "0001-01-01", "9999-12-31")).Count.ShouldBe(5);
    }

    [Fact]
    public async Task Counts_a_day_from_midnight_to_midnight_in_UTC()
    {
        await analytics.Given(Confirmation("DKK", new(2030, 1, 2, 1, 30, 0, TimeSpan.FromHours(2)), "DE", Line("TEA")));

        (await analytics.Revenue("day", "DKK")).Single().Key.ShouldBe("2030-01-01");
    }

    [Fact]
    public async Task Refuses_a_sum_that_cannot_be_written_instead_of_telling_a_wrong_one()
    {
        await analytics.Given(
            Confirmation("HUF", Noon, "DE", Line("TEA", 1, long.MaxValue)),
            Confirmation("HUF", Noon.AddDays(1), "DE", Line("TEA", 1, long.MaxValue))
        );

        (await analytics.Send(new GetRevenue("country", "2030-01-01", "2030-01-02")))
            .RefusedWith("analytics.sum-too-large")
            .Kind.ShouldBe(ErrorKind.Unprocessable);
        (await analytics.Revenue("day", "HUF"))
            .Select(item => item.RevenueMinor)
            .ShouldBe([long.MaxValue, long.MaxValue]);
        // For the other tests, whose sums this one would keep from being told.
        await analytics.Sql.Execute("delete from revenue_by_country where currency = 'HUF'");
        await analytics.Sql.Execute("delete from revenue_by_product where currency = 'HUF'");
    }

    [Theory]
    [InlineData(null, null, null, "analytics.unknown-by", "by")]
    [InlineData("", null, null, "analytics.unknown-by", "by")]
    [InlineData("Day", null, null, "analytics.unknown-by", "by")]
    [InlineData("month; drop table bookings", null, null, "analytics.unknown-by", "by")]
    [InlineData("day", "", null, "analytics.invalid-day", "from")]
    [InlineData("day", "2030-02-30", null, "analytics.invalid-day", "from")]
    [InlineData("day", "2030-1-1", null, "analytics.invalid-day", "from")]
    [InlineData("day", null, "2030-01-01T00:00:00Z", "analytics.invalid-day", "to")]
    [InlineData("day", null, "tomorrow\0", "analytics.invalid-day", "to")]
    [InlineData("day", "2030-01-02", "2030-01-01", "analytics.upside-down", "to")]
    public async Task Refuses_nonsense_and_blames_the_field(
        string? by,
        string? from,
        string? to,
        string code,
        string field
    )
    {
        var refusal = (await analytics.Send(new GetRevenue(by, from, to))).RefusedWith(code);

        (refusal.Kind, refusal.Fields.Keys.Single()).ShouldBe((ErrorKind.Invalid, field));
    }

    private static RevenueItem Sum(string key, string currency, long amount, long orders, long quantity) =>
        new(
            key,
            currency,
            amount,
            amount,
            CancelledMinor: 0,
            orders,
            OrdersCancelled: 0,
            quantity,
            QuantityCancelled: 0
        );
}
