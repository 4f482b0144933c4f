using BuildingBlocks.Contracts;

namespace Orders.Contracts;

/// <summary>
/// Asks Inventory to give back whatever it set aside for an order, and to set aside nothing for it later. Answered by
/// stock.released.
/// </summary>
/// <param name="OrderId">Made by Orders; also the key.</param>
[IntegrationEvent("order.stock-release-requested", version: 1)]
public sealed record OrderStockReleaseRequestedV1(Guid OrderId) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
