using BuildingBlocks.Testing;
using Customers.Contracts;
using OrderSearch.Domain;
using static OrderSearch.Tests.OrderSearchFixture;

namespace OrderSearch.Tests.Features;

public sealed class SearchOrdersTests(OrderSearchFixture orders) : IClassFixture<OrderSearchFixture>
{
    [Fact]
    public async Task Finds_orders_of_customers_in_Germany_with_a_given_product_in_the_last_30_days()
    {
        var sku = NewSku();
        var ((german, _), (french, _)) = (await orders.Customer("DE"), await orders.Customer("FR"));
        var wanted = await orders.Confirmed(german, Noon.AddDays(-29), Line(sku), Line(NewSku()));
        await orders.Confirmed(german, Noon.AddDays(-31), Line(sku));
        await orders.Confirmed(german, Noon.AddDays(-1), Line(NewSku()));
        await orders.Confirmed(french, Noon.AddDays(-1), Line(sku));
        await orders.Given(Placement(Guid.CreateVersion7(), german, Line(sku)));

        (await orders.Found(All with { Country = "DE", Sku = sku, ConfirmedSince = "2029-12-02T12:00:00Z" })).ShouldBe([
            wanted,
        ]);
    }

    [Fact]
    public async Task Shows_an_order_with_all_that_is_known_of_it()
    {
        var (customerId, user) = await orders.Customer("DE", "Ada");
        var sku = NewSku();
        var orderId = await orders.Confirmed(
            customerId,
            Noon,
            Line(sku, "Tea", quantity: 3, unitPriceMinor: 350),
            Line("JAM", "Jam", quantity: 1, unitPriceMinor: 499)
        );

        var found = (await orders.Search(All with { Sku = sku }, user)).Items.Single();

        found.ShouldBe(
            new(
                orderId,
                customerId,
                "Ada",
                "DE",
                OrderStatus.Confirmed,
                "EUR",
                1549,
                Noon,
                Noon,
                LineCount: 2,
                found.Items
            )
        );
        found.Items.ShouldBe([new(sku, "Tea", 3, 350)]);
    }

    [Fact]
    public async Task Shows_the_lines_of_the_product_searched_for_and_else_the_first_ten()
    {
        var (customerId, user) = await orders.Customer();
        var lines = Enumerable.Range(1, 12).Select(i => Line($"{i:00}", unitPriceMinor: i)).ToArray();
        await orders.Confirmed(customerId, Noon, [.. lines, Line("12", unitPriceMinor: 13)]);

        var all = (await orders.Search(All, user)).Items.Single();
        var one = (await orders.Search(All with { Sku = "12" }, user)).Items.Single();

        (all.LineCount, one.LineCount).ShouldBe((13, 13));
        all.Items.Select(item => item.Sku).ShouldBe(lines.Take(10).Select(line => line.Sku));
        one.Items.Select(item => item.UnitPriceMinor).ShouldBe([12, 13]);
    }

    [Fact]
    public async Task Shows_a_customers_account_its_own_orders_and_an_admin_all()
    {
        var sku = NewSku();
        var ((ada, adasAccount), (bob, bobsAccount)) = (await orders.Customer(), await orders.Customer());
        var (adas, bobs) = (
            await orders.Confirmed(ada, Noon, Line(sku)),
            await orders.Confirmed(bob, Noon.AddHours(1), Line(sku))
        );
        var nobodys = await orders.Confirmed(Guid.CreateVersion7(), Noon.AddHours(2), Line(sku));

        (await orders.Found(All with { Sku = sku }, adasAccount)).ShouldBe([adas]);
        (await orders.Found(All with { Sku = sku }, bobsAccount)).ShouldBe([bobs]);
        (await orders.Found(All with { Sku = sku }, As.User(Guid.CreateVersion7()))).ShouldBeEmpty();
        (await orders.Found(All with { Sku = sku }, As.Nobody)).ShouldBeEmpty();
        (await orders.Found(All with { Sku = sku }, As.Admin(Guid.CreateVersion7()))).ShouldBe([nobodys, bobs, adas]);
    }

    [Fact]
    public async Task Moves_old_orders_along_when_a_customer_moves_and_renames_them()
    {
        var sku = NewSku();
        var (customerId, _) = await orders.Customer("DE");
        var orderId = await orders.Confirmed(customerId, Noon.AddYears(-10), Line(sku));

        await orders.Given(
            new CustomerCountryChangedV1(customerId, "PT", "DE"),
            new CustomerProfileUpdatedV1(customerId, "Ada Lovelace", "ada@example.com")
        );

        (await orders.Found(All with { Sku = sku, Country = "DE" })).ShouldBeEmpty();
        var found = (await orders.Search(All with { Sku = sku, Country = "PT" })).Items.Single();
        (found.OrderId, found.CustomerName).ShouldBe((orderId, "Ada Lovelace"));
    }

    [Theory]
    [InlineData("hanging heart", true)]
    [InlineData("HEART hanging", true)]
    [InlineData("\"heart hanging\"", false)]
    [InlineData("\"hanging heart\"", true)]
    [InlineData("t-light", true)]
    [InlineData("heart -holder", false)]
    [InlineData("zebra or holder", true)]
    [InlineData("hear", false)]
    [InlineData("größe", true)]
    [InlineData("heart & ! | ( :* <-> '", true)]
    public async Task Searches_the_words_of_product_names(string text, bool finds)
    {
        var sku = NewSku();
        await orders.Confirmed(
            Guid.CreateVersion7(),
            Noon,
            Line(sku, "WHITE HANGING HEART T-LIGHT HOLDER, Größe 2"),
            Line("OTHER", "Jam")
        );

        (await orders.Found(All with { Sku = sku, Text = text })).Count.ShouldBe(finds ? 1 : 0);
    }

    [Fact]
    public async Task Keeps_script_in_a_product_name_as_the_text_it_is()
    {
        const string Script = "<script>alert('x')</script>'; drop table order_search; --";
        var sku = NewSku();
        await orders.Confirmed(Guid.CreateVersion7(), Noon, Line(sku, Script));

        (await orders.Search(All with { Sku = sku, Text = "drop" }))
            .Items.Single()
            .Items.Single()
            .ProductName.ShouldBe(Script);
        await orders.Found(All with { Text = Script });
        (await orders.Found(All with { Sku = sku })).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Finds_by_status()
    {
        var (sku, customerId) = (NewSku(), Guid.CreateVersion7());
        var (placed, cancelled) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var confirmed = await orders.Confirmed(customerId, Noon, Line(sku));
        await orders.Given(
            Placement(placed, customerId, Line(sku)),
            Cancellation(cancelled, customerId, confirmedAt: null, Noon, Line(sku))
        );

        (await orders.Found(All with { Sku = sku, Status = "placed" })).ShouldBe([placed]);
        (await orders.Found(All with { Sku = sku, Status = "confirmed" })).ShouldBe([confirmed]);
        (await orders.Found(All with { Sku = sku, Status = "cancelled" })).ShouldBe([cancelled]);
        (await orders.Found(All with { Sku = sku, Status = "delivered" })).ShouldBeEmpty();
    }

    [Fact]
    public async Task Finds_a_return_that_was_imported_by_itself_at_the_time_its_order_was_confirmed()
    {
        var (sku, returned) = (NewSku(), Guid.CreateVersion7());
        await orders.Given(
            Cancellation(returned, Guid.CreateVersion7(), Noon.AddDays(-3), Noon, Line(sku), Line(sku, quantity: 7))
        );

        var found = (await orders.Search(All with { Sku = sku, ConfirmedSince = "2029-12-29" })).Items.Single();

        (found.OrderId, found.Status, found.PlacedAt, found.ConfirmedAt).ShouldBe(
            (returned, OrderStatus.Cancelled, Noon.AddDays(-3), Noon.AddDays(-3))
        );
        found.Items.Select(item => item.Quantity).ShouldBe([2, 7]);
    }

    [Fact]
    public async Task Takes_a_sku_in_any_case()
    {
        var sku = NewSku();
        var orderId = await orders.Confirmed(Guid.CreateVersion7(), Noon, Line(sku));

        (await orders.Found(All with { Sku = sku.ToLowerInvariant() })).ShouldBe([orderId]);
    }
}
