using BuildingBlocks.Contracts;

namespace Shipping.Contracts;

/// <summary>An order's goods have left the warehouse and cannot be kept back any more.</summary>
/// <param name="ShipmentId">Made by Shipping.</param>
/// <param name="OrderId">Of Orders; also the key.</param>
/// <param name="DispatchedAt">UTC, by our clock.</param>
[IntegrationEvent("shipment.dispatched", version: 1)]
public sealed record ShipmentDispatchedV1(Guid ShipmentId, Guid OrderId, DateTimeOffset DispatchedAt)
    : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
