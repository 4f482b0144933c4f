using BuildingBlocks.Testing;
using Inventory.Contracts;
using Inventory.Features;

namespace Inventory.Tests.Features;

public sealed class StockTests(InventoryFixture inventory) : IClassFixture<InventoryFixture>
{
    [Fact]
    public async Task Has_none_of_a_new_product()
    {
        await inventory.Given(InventoryFixture.Added("NEW-1"));

        (await inventory.StockOf("new-1")).ShouldBe(new Stock("NEW-1", 0, 0, 0));
    }

    [Fact]
    public async Task Knows_nothing_of_a_product_that_was_never_added()
    {
        (await inventory.Send(new GetStock("NEVER")))
            .RefusedWith("inventory.unknown-sku")
            .Kind.ShouldBe(BuildingBlocks.Application.ErrorKind.NotFound);
        (await inventory.Send(new PutStock("NEVER", "MAIN", 1)))
            .RefusedWith("inventory.unknown-sku")
            .Kind.ShouldBe(BuildingBlocks.Application.ErrorKind.Unprocessable);

        (await inventory.Sql.Value<long>("select count(*) from stock_levels where sku = 'NEVER'")).ShouldBe(0);
    }

    [Fact]
    public async Task Takes_a_count_and_announces_it()
    {
        await inventory
            .Given(InventoryFixture.Added("COUNT-1"))
            .When(new PutStock(" count-1 ", "north-2", 7))
            .Then<StockAdjustedV1>(adjusted => adjusted.ShouldBe(new StockAdjustedV1("COUNT-1", "NORTH-2", 7, 0)));

        (await inventory.Count("COUNT-1", "MAIN", 5)).ShouldBe(new CountedStock("COUNT-1", "MAIN", 5, 0, 5));
        (await inventory.StockOf("COUNT-1")).ShouldBe(new Stock("COUNT-1", 12, 0, 12));
    }

    [Fact]
    public async Task Announces_the_first_count_even_of_none_but_not_the_same_number_again()
    {
        await inventory.Given(InventoryFixture.Added("SAME-1"));

        await inventory.When(new PutStock("SAME-1", "MAIN", 0)).Then<StockAdjustedV1>();
        await inventory.When(new PutStock("SAME-1", "MAIN", 0)).ThenNothing();
    }

    [Fact]
    public async Task Believes_a_count_that_finds_fewer_than_are_promised_and_promises_no_more()
    {
        var order = Guid.CreateVersion7();
        await inventory.Stock("SHORT-1", 5);
        await inventory.Given(InventoryFixture.Wants(order, ("SHORT-1", 4)));

        (await inventory.Count("SHORT-1", "MAIN", 1)).ShouldBe(new CountedStock("SHORT-1", "MAIN", 1, 4, -3));

        (await inventory.StockOf("SHORT-1")).ShouldBe(new Stock("SHORT-1", 1, 4, -3));
        await inventory.Count("SHORT-1", "SOUTH", 4);
        await inventory
            .When(InventoryFixture.Wants(Guid.CreateVersion7(), ("SHORT-1", 2)))
            .Then<StockReservationRejectedV1>(rejected =>
                rejected.Reason.ShouldBe("Not enough in stock. SHORT-1: 2 wanted, 1 available.")
            );
        await inventory.When(InventoryFixture.GivesUp(order)).Then<StockReleasedV1>();
        (await inventory.StockOf("SHORT-1")).ShouldBe(new Stock("SHORT-1", 5, 0, 5));
    }

    [Fact]
    public async Task Loses_no_count_when_many_count_a_new_warehouse_at_once()
    {
        await inventory.Given(InventoryFixture.Added("MANY-1"));

        var outcomes = await Task.WhenAll(
            Enumerable.Range(1, 8).Select(n => inventory.Send(new PutStock("MANY-1", $"CROWD-{n % 2}", 10)))
        );

        outcomes.ShouldAllBe(outcome => outcome.Error == null);
        (await inventory.StockOf("MANY-1")).OnHand.ShouldBe(20);
    }

    [Fact]
    public async Task Says_when_a_sku_is_none()
    {
        (await inventory.Send(new GetStock("no sku"))).BlamedFields().ShouldBe(["sku"]);
        (await inventory.Send(new PutStock("no sku", "MAIN", 1))).BlamedFields().ShouldBe(["sku"]);
    }

    [Theory]
    [InlineData("MAIN", -1, "onHand")]
    [InlineData("MAIN", 100_000_001, "onHand")]
    [InlineData("MAIN", null, "onHand")]
    [InlineData("", 1, "warehouse")]
    [InlineData("MAIN HALL", 1, "warehouse")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTU", 1, "warehouse")]
    public async Task Refuses_a_count_that_cannot_be(string warehouse, int? onHand, string field) =>
        (await inventory.Send(new PutStock("ANY", warehouse, onHand))).BlamedFields().ShouldBe([field]);
}
