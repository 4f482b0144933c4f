using Orders.Contracts;
using OrderSearch.Features;
using static OrderSearch.Tests.OrderSearchFixture;

namespace OrderSearch.Tests.Features;

public sealed class SearchOrdersPagingTests(OrderSearchFixture orders) : IClassFixture<OrderSearchFixture>
{
    [Theory]
    [InlineData(null)]
    [InlineData("2020-01-01")]
    public async Task Pages_are_complete_and_without_doubles_while_orders_come_in(string? confirmedSince)
    {
        var (sku, customerId) = (NewSku(), Guid.CreateVersion7());
        // Many at one time, so that pages are cut between equal times.
        var known = await Confirm(sku, customerId, Enumerable.Range(0, 23).Select(i => Noon.AddMinutes(i / 6)));
        var query = All with { Sku = sku, ConfirmedSince = confirmedSince, Limit = 4 };

        List<FoundOrder> found = [];
        for (var i = 0; ; i++)
        {
            var page = await orders.Search(query);
            found.AddRange(page.Items);
            if (page.NextCursor is null)
            {
                break;
            }

            query = query with { Cursor = page.NextCursor };
            await Confirm(sku, customerId, [Noon.AddDays(1 + i), Noon.AddMinutes(2), Noon.AddDays(-1 - i)]);
        }

        var ids = found.Select(order => order.OrderId).ToArray();
        ids.ShouldBeUnique();
        known.Except(ids).ShouldBeEmpty();
        found.Select(order => order.PlacedAt).ShouldBeInOrder(SortDirection.Descending);
    }

    [Fact]
    public async Task An_order_that_is_confirmed_meanwhile_keeps_its_place()
    {
        var (sku, customerId) = (NewSku(), Guid.CreateVersion7());
        Guid[] placed = [.. Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7())];
        await orders.Given([.. placed.Select(id => Placement(id, customerId, Line(sku)))]);
        var query = All with { Sku = sku, Limit = 2 };

        var first = await orders.Search(query);
        await orders.Given([.. placed.Select(id => Confirmation(id, customerId, Noon.AddYears(50), Line(sku)))]);
        var rest = await orders.Found(query with { Cursor = first.NextCursor });

        first.Items.Select(order => order.OrderId).Concat(rest).ShouldBe(placed.Reverse());
    }

    [Fact]
    public async Task The_last_page_says_so_also_when_it_is_full()
    {
        var (sku, customerId) = (NewSku(), Guid.CreateVersion7());
        await Confirm(sku, customerId, [Noon, Noon, Noon]);

        (await orders.Search(All with { Sku = sku, Limit = 3 })).NextCursor.ShouldBeNull();
        (await orders.Search(All with { Sku = sku, Limit = 2 })).NextCursor.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_cursor_goes_on_with_another_limit_but_not_with_other_filters()
    {
        var (sku, customerId) = (NewSku(), Guid.CreateVersion7());
        await Confirm(sku, customerId, [Noon, Noon, Noon]);
        var query = All with { Sku = sku, Limit = 1 };
        query = query with { Cursor = (await orders.Search(query)).NextCursor };

        (await orders.Search(query with { Limit = 100, Sku = sku.ToLowerInvariant() })).Items.Count.ShouldBe(2);
        foreach (
            var other in new[]
            {
                query with
                {
                    Sku = NewSku(),
                },
                query with
                {
                    Country = "DE",
                },
                query with
                {
                    ConfirmedSince = "2020-01-01",
                },
                query with
                {
                    Text = "tea",
                },
            }
        )
        {
            var refusal = await orders.Refusal(other);
            (refusal.Code, refusal.Fields.Keys.Single()).ShouldBe(("order-search.bad-cursor", "cursor"));
        }
    }

    private async Task<IReadOnlyList<Guid>> Confirm(string sku, Guid customerId, IEnumerable<DateTimeOffset> times)
    {
        OrderConfirmedV2[] confirmed =
        [
            .. times.Select(at => Confirmation(Guid.CreateVersion7(), customerId, at, Line(sku))),
        ];
        await orders.Given(confirmed);
        return [.. confirmed.Select(order => order.OrderId)];
    }
}
