using BuildingBlocks.Contracts;

namespace Shipping.Contracts;

/// <summary>An order's goods have not left the warehouse and never will.</summary>
/// <param name="ShipmentId">Made by Shipping.</param>
/// <param name="OrderId">Of Orders; also the key.</param>
/// <param name="CancelledAt">UTC, by our clock.</param>
[IntegrationEvent("shipment.cancelled", version: 1)]
public sealed record ShipmentCancelledV1(Guid ShipmentId, Guid OrderId, DateTimeOffset CancelledAt) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
