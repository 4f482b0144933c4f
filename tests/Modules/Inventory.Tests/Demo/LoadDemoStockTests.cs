using BuildingBlocks.Modules;
using Inventory.Contracts;
using Inventory.Demo;
using Microsoft.Extensions.DependencyInjection;

namespace Inventory.Tests.Demo;

public sealed class LoadDemoStockTests(InventoryFixture inventory) : IClassFixture<InventoryFixture>
{
    [Fact]
    public async Task Brings_in_northwinds_stock_once_and_leaves_later_counts_alone()
    {
        await inventory.Given([
            .. DemoCsv.Read<LoadDemoStock>("stock.csv").Select(row => InventoryFixture.Added(row["sku"])),
        ]);
        await Load();
        (await inventory.Sql.Value<long>("select sum(on_hand) from stock_levels")).ShouldBe(3119);
        await inventory.Count("NW-001", "MAIN", 0);

        await Load();

        (await inventory.StockOf("NW-001")).OnHand.ShouldBe(0);
        (await inventory.Published<StockAdjustedV1>()).Count.ShouldBe(77 + 1);
    }

    private async Task Load()
    {
        await using var scope = inventory.Services.CreateAsyncScope();
        await ((IDemoData)scope.ServiceProvider.GetRequiredService<LoadDemoStock>()).Load(
            TestContext.Current.CancellationToken
        );
    }
}
