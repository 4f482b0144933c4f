using BuildingBlocks.Testing;
using Catalog.Contracts;
using Inventory.Features;
using Orders.Contracts;
using Shipping.Contracts;

namespace Inventory.Tests;

/// <summary>The Inventory module on a database of its own, and what its tests keep doing.</summary>
public sealed class InventoryFixture : ModuleFixture<InventoryModule>
{
    public static ProductAddedV1 Added(string sku) => new(sku, "Any", "Any", 100, "EUR");

    public static OrderStockReservationRequestedV1 Wants(Guid order, params (string Sku, int Quantity)[] items) =>
        new(order, [.. items.Select(item => new OrderedQuantity(item.Sku, item.Quantity))]);

    public static OrderStockReleaseRequestedV1 GivesUp(Guid order) => new(order);

    public static ShipmentDispatchedV1 Left(Guid order) => new(Guid.CreateVersion7(), order, DateTimeOffset.UnixEpoch);

    /// <summary>Makes a product known and puts so many pieces of it into the main warehouse.</summary>
    public async Task Stock(string sku, int onHand)
    {
        await Given(Added(sku));
        await Count(sku, "MAIN", onHand);
    }

    internal async Task<CountedStock> Count(string sku, string warehouse, int onHand) =>
        (await Send(new PutStock(sku, warehouse, onHand))).Succeeded();

    internal async Task<Stock> StockOf(string sku) =>
        (await Send(new GetStock(sku), As.User(Guid.CreateVersion7()))).Succeeded();
}
