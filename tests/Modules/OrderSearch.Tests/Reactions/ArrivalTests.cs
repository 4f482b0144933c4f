using BuildingBlocks.Contracts;
using Customers.Contracts;
using OrderSearch.Domain;
using OrderSearch.Persistence;
using Shipping.Contracts;
using static OrderSearch.Tests.OrderSearchFixture;

namespace OrderSearch.Tests.Reactions;

/// <summary>Events of one source come in order; those of different sources come as they please.</summary>
public sealed class ArrivalTests(OrderSearchFixture orders) : IClassFixture<OrderSearchFixture>
{
    [Fact]
    public async Task Whatever_source_is_first_the_row_is_the_same()
    {
        var stories = Interleavings
            .Of([.. Story().Select(source => source.Length)])
            .Select(sequence => (Sequence: sequence, Story: Story()))
            .ToArray();
        var next = stories.Select(story => new int[story.Story.Length]).ToArray();
        for (var step = 0; step < stories[0].Sequence.Count; step++)
        {
            await orders.Given([
                .. stories.Select((story, i) => story.Story[story.Sequence[step]][next[i][story.Sequence[step]]++]),
            ]);
        }

        var rows = await orders.Sql.List<string>(
            $"""
            select distinct (to_jsonb(o) - '{"{order_id,customer_id,customer_user_id,placed_at}"}'::text[])::text || (placed_at < now()) || (customer_user_id is not null)
            from order_search o where skus @> '{"{ARRIVAL}"}'
            """
        );
        rows.Count.ShouldBe(1, string.Join('\n', rows));
        (await orders.Sql.Value<long>("select count(*) from order_search where skus @> '{ARRIVAL}'")).ShouldBe(
            stories.Length
        );
        rows[0].ShouldContain("\"country\": \"FR\"");
        rows[0].ShouldContain("\"customer_name\": \"Ada Lovelace\"");
        rows[0].ShouldContain("\"status\": \"delivered\"");
    }

    [Fact]
    public async Task An_order_whose_customer_is_unknown_shows_what_its_event_says_until_the_customer_is_known()
    {
        var (sku, orderId, customerId) = (NewSku(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await orders.Given(
            Confirmation(orderId, customerId, Noon, Line(sku)) with
            {
                CustomerName = "A. L.",
                CustomerCountry = "DE",
            }
        );
        var before = (await orders.Search(All with { Sku = sku })).Items.Single();

        await orders.Given(
            new CustomerRegisteredV1(
                customerId,
                Guid.CreateVersion7(),
                "Ada",
                "ada@example.com",
                Country: null,
                Address: null
            )
        );
        var between = (await orders.Search(All with { Sku = sku })).Items.Single();
        await orders.Given(new CustomerCountryChangedV1(customerId, "FR", PreviousCountry: null));
        var after = (await orders.Search(All with { Sku = sku })).Items.Single();

        (before.CustomerName, before.Country).ShouldBe(("A. L.", "DE"));
        (between.CustomerName, between.Country).ShouldBe(("Ada", "DE"));
        (after.CustomerName, after.Country).ShouldBe(("Ada", "FR"));
    }

    [Fact]
    public async Task Shipping_may_be_ahead_of_Orders()
    {
        var (sku, orderId, customerId, shipmentId) = (
            NewSku(),
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            Guid.CreateVersion7()
        );
        await orders.Given(new ShipmentDispatchedV1(shipmentId, orderId, Noon.AddDays(1)));
        (await orders.Found(All)).ShouldNotContain(orderId, "Nothing is known yet of what was ordered.");

        await orders.Given(Placement(orderId, customerId, Line(sku)));
        var placed = (await orders.Search(All with { Sku = sku })).Items.Single();
        await orders.Given(Confirmation(orderId, customerId, Noon, Line(sku)));
        var confirmed = (await orders.Search(All with { Sku = sku })).Items.Single();
        await orders.Given(new ShipmentDeliveredV1(shipmentId, orderId, Noon.AddDays(2)));
        var delivered = (await orders.Search(All with { Sku = sku })).Items.Single();

        (placed.Status, confirmed.Status, delivered.Status).ShouldBe(
            (OrderStatus.Shipped, OrderStatus.Shipped, OrderStatus.Delivered)
        );
        confirmed.ConfirmedAt.ShouldBe(Noon);
    }

    [Fact]
    public async Task An_order_that_comes_in_while_its_customer_moves_moves_along()
    {
        var sku = NewSku();
        var (customerId, _) = await orders.Customer("DE");
        Task arrival = Task.CompletedTask;

        await orders.With<OrderSearchDbContext, bool>(async db =>
        {
            await using var moving = await db.Database.BeginTransactionAsync();
            await db.WriteAsync(
                new CustomerFacts(customerId) { Country = "FR" },
                TestContext.Current.CancellationToken
            );
            arrival = orders.Confirmed(customerId, Noon, Line(sku));
            await Task.WhenAny(arrival, Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));
            await moving.CommitAsync();
            return true;
        });
        await arrival;

        (await orders.Search(All with { Sku = sku })).Items.Single().Country.ShouldBe("FR");
    }

    /// <summary>All that happens to one order, by source.</summary>
    private static IIntegrationEvent[][] Story()
    {
        var (orderId, customerId, userId, shipmentId) = (
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            Guid.CreateVersion7()
        );
        var line = Line("ARRIVAL");
        return
        [
            [
                Placement(orderId, customerId, line),
                Confirmation(orderId, customerId, Noon, line) with
                {
                    CustomerName = "A. L.",
                    CustomerCountry = "DE",
                },
            ],
            [
                new CustomerRegisteredV1(customerId, userId, "Ada", "ada@example.com", "DE", Address: null),
                new CustomerCountryChangedV1(customerId, "FR", "DE"),
                new CustomerProfileUpdatedV1(customerId, "Ada Lovelace", "ada@example.com"),
            ],
            [
                new ShipmentDispatchedV1(shipmentId, orderId, Noon.AddDays(1)),
                new ShipmentDeliveredV1(shipmentId, orderId, Noon.AddDays(2)),
            ],
        ];
    }
}
