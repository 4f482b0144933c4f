using Analytics.Persistence;
using BuildingBlocks.Contracts;
using Customers.Contracts;
using static Analytics.Tests.AnalyticsFixture;

namespace Analytics.Tests.Reactions;

public sealed class BookingTests(AnalyticsFixture analytics) : IClassFixture<AnalyticsFixture>
{
    [Fact]
    public async Task A_cancellation_counts_on_its_own_day_and_leaves_the_day_of_the_sale_as_it_was()
    {
        var order = Confirmation("AAA", Noon, "DE", Line("TEA", 2, 350));
        await analytics.Given(order, Cancellation(order, Noon.AddDays(40)));

        (await analytics.Revenue("day", "AAA")).ShouldBe([
            new("2030-01-01", "AAA", 700, 700, 0, 1, 0, 2, 0),
            new("2030-02-10", "AAA", -700, 0, 700, 0, 1, 0, 2),
        ]);
        (await analytics.Revenue("country", "AAA")).ShouldBe([new("DE", "AAA", 0, 700, 700, 1, 1, 2, 2)]);
        (await analytics.Revenue("product", "AAA")).ShouldBe([new("TEA", "AAA", 0, 700, 700, 1, 1, 2, 2)]);
    }

    [Fact]
    public async Task What_was_cancelled_before_it_was_confirmed_was_never_revenue()
    {
        await analytics.Given(
            Cancellation(Confirmation("BBB", Noon, "DE", Line("TEA")), Noon) with
            {
                ConfirmedAt = null,
            }
        );

        (await analytics.Revenue("day", "BBB")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_return_whose_sale_nobody_recorded_is_subtracted_under_its_own_country()
    {
        await analytics.Given(Cancellation(Confirmation("CCC", Noon.AddDays(-9), "DE", Line("TEA", 1, 350)), Noon));

        (await analytics.Revenue("country", "CCC")).ShouldBe([new("DE", "CCC", -350, 0, 350, 0, 1, 0, 1)]);
        (await analytics.Revenue("day", "CCC")).Single().Key.ShouldBe("2030-01-01");
    }

    [Fact]
    public async Task A_cancellation_is_subtracted_where_its_confirmation_was_added()
    {
        var order = Confirmation("DDD", Noon, "DE", Line("TEA"));
        await analytics.Given(
            order,
            new CustomerCountryChangedV1(order.CustomerId, "FR", "DE"),
            Cancellation(order, Noon) with
            {
                CustomerCountry = "FR",
            }
        );

        (await analytics.Revenue("country", "DDD")).Select(item => (item.Key, item.RevenueMinor)).ShouldBe([("DE", 0)]);
    }

    [Fact]
    public async Task An_order_without_country_counts_as_unknown_until_a_country_of_its_customer_is_told()
    {
        var order = Confirmation("EEE", Noon, country: null, Line("TEA", 1, 350));
        await analytics.Given(order, Registration(order.CustomerId, country: null));
        var before = await analytics.Revenue("country", "EEE");

        await analytics.Given(new CustomerCountryChangedV1(order.CustomerId, "DE", PreviousCountry: null));
        await analytics.Given(new CustomerCountryChangedV1(order.CustomerId, "FR", "DE"));

        before.ShouldBe([new("unknown", "EEE", 350, 350, 0, 1, 0, 1, 0)]);
        (await analytics.Revenue("country", "EEE")).ShouldBe([new("DE", "EEE", 350, 350, 0, 1, 0, 1, 0)]);
        (await analytics.Sql.Value<long>("select count(*) from revenue_by_country where currency = 'EEE'")).ShouldBe(1);
    }

    [Fact]
    public async Task Lines_of_one_product_are_one()
    {
        await analytics.Given(
            Confirmation("FFF", Noon, "DE", Line("TEA", 2, 350), Line("TEA", 1, 300), Line("JAM", 1, 1))
        );

        (await analytics.Revenue("product", "FFF"))
            .Select(item => (item.Key, item.RevenueMinor, item.OrdersConfirmed, item.QuantityConfirmed))
            .ShouldBe([("JAM", 1, 1, 1), ("TEA", 1000, 1, 3)]);
    }

    [Fact]
    public async Task An_order_is_counted_once_also_when_it_was_announced_in_two_versions()
    {
        var order = Confirmation("GGG", Noon, "DE", Line("TEA", 1, 350));
        await analytics.Given(order, order with { CustomerCountry = null });

        (await analytics.Revenue("country", "GGG")).ShouldBe([new("DE", "GGG", 350, 350, 0, 1, 0, 1, 0)]);
        (await analytics.Revenue("product", "GGG")).Single().RevenueMinor.ShouldBe(350);
    }

    [Fact]
    public async Task Every_interleaving_of_the_sources_gives_the_same_sums()
    {
        await Tell("HHH", sequence: [0, 0, 1, 1, 1]);
        var expected = await Rows("HHH");
        expected.ShouldContain(
            row =>
                row.Contains("\"DE\"", StringComparison.Ordinal) && row.Contains("cancelled", StringComparison.Ordinal),
            string.Join('\n', expected)
        );

        foreach (
            var sequence in new[]
            {
                new[] { 0, 1, 0, 1, 1 },
                [0, 1, 1, 0, 1],
                [0, 1, 1, 1, 0],
                [1, 0, 0, 1, 1],
                [1, 0, 1, 0, 1],
                [1, 0, 1, 1, 0],
                [1, 1, 0, 0, 1],
                [1, 1, 0, 1, 0],
                [1, 1, 1, 0, 0],
            }
        )
        {
            var currency = string.Concat(sequence);
            await Tell(currency, sequence);

            (await Rows(currency)).ShouldBe([
                .. expected.Select(row => row.Replace("HHH", currency, StringComparison.Ordinal)),
            ]);
        }
    }

    [Fact]
    public async Task An_order_that_comes_in_while_its_customers_country_is_told_is_counted_there()
    {
        var order = Confirmation("JJJ", Noon, country: null, Line("TEA"));
        var arrival = Task.CompletedTask;

        await analytics.With<AnalyticsDbContext, bool>(async db =>
        {
            await using var telling = await db.Database.BeginTransactionAsync();
            await db.KnowCountryAsync(order.CustomerId, "DE", TestContext.Current.CancellationToken);
            arrival = Deliver(order);
            await Task.WhenAny(arrival, Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));
            await telling.CommitAsync();
            return true;
        });
        await arrival;

        (await analytics.Revenue("country", "JJJ")).Single().Key.ShouldBe("DE");
    }

    [Fact]
    public async Task An_amount_that_does_not_fit_is_refused_and_changes_no_sum()
    {
        var huge = Confirmation("III", Noon, "DE", Line("TEA", 2, long.MaxValue)) with { TotalMinor = 1 };

        var failure = await Record.ExceptionAsync(() => Deliver(huge));

        failure.ShouldNotBeNull().Message.ShouldContain("out of range");
        (await analytics.Revenue("day", "III")).ShouldBeEmpty();
    }

    /// <summary>
    /// A confirmation and cancellation without country (source 0) and three events of their customer (source 1).
    /// </summary>
    private async Task Tell(string currency, int[] sequence)
    {
        var order = Confirmation(currency, Noon, country: null, Line("TEA"), Line("JAM"));
        Queue<IIntegrationEvent>[] sources =
        [
            new([order, Cancellation(order, Noon.AddDays(1)) with { CustomerCountry = "PT" }]),
            new([
                Registration(order.CustomerId, country: null),
                new CustomerCountryChangedV1(order.CustomerId, "DE", null),
                new CustomerCountryChangedV1(order.CustomerId, "FR", "DE"),
            ]),
        ];
        foreach (var source in sequence)
        {
            await analytics.Given(sources[source].Dequeue());
        }
    }

    private async Task Deliver(IIntegrationEvent happened) => await analytics.Given(happened);

    private async Task<IReadOnlyList<string>> Rows(string currency) =>
        await analytics.Sql.List<string>(
            """
            select (to_jsonb(c))::text from revenue_by_country c where currency = $1
            union all select (to_jsonb(p))::text from revenue_by_product p where currency = $1
            union all select (to_jsonb(b) - 'order_id' - 'customer_id')::text from bookings b where currency = $1 order by 1
            """,
            currency
        );
}
