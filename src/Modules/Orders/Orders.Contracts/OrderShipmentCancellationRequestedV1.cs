using BuildingBlocks.Contracts;

namespace Orders.Contracts;

/// <summary>
/// Asks Shipping to keep a confirmed order's goods back for ever. Answered by shipment.cancelled; when the goods have
/// left already, by nothing but the shipment.dispatched that said so.
/// </summary>
/// <param name="OrderId">Made by Orders; also the key.</param>
/// <param name="Reason">For whoever packs the goods.</param>
[IntegrationEvent("order.shipment-cancellation-requested", version: 1)]
public sealed record OrderShipmentCancellationRequestedV1(Guid OrderId, string Reason) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
