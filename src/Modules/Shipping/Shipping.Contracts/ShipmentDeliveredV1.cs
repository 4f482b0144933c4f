using BuildingBlocks.Contracts;

namespace Shipping.Contracts;

/// <summary>An order's goods are with the customer.</summary>
/// <param name="ShipmentId">Made by Shipping.</param>
/// <param name="OrderId">Of Orders; also the key.</param>
/// <param name="DeliveredAt">UTC, by our clock.</param>
[IntegrationEvent("shipment.delivered", version: 1)]
public sealed record ShipmentDeliveredV1(Guid ShipmentId, Guid OrderId, DateTimeOffset DeliveredAt) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
