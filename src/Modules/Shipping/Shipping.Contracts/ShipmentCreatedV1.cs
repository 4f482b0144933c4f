using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Shipping.Contracts;

/// <summary>An order's goods wait to be dispatched; where they go may not be known yet.</summary>
/// <param name="ShipmentId">Made by Shipping.</param>
/// <param name="OrderId">Of Orders; also the key. An order has one shipment.</param>
/// <param name="CustomerId">Of Customers.</param>
/// <param name="Lines">One entry a product.</param>
/// <param name="CreatedAt">UTC, by our clock.</param>
[IntegrationEvent("shipment.created", version: 1)]
public sealed record ShipmentCreatedV1(
    Guid ShipmentId,
    Guid OrderId,
    Guid CustomerId,
    [MinLength(1)] IReadOnlyList<ShipmentLine> Lines,
    DateTimeOffset CreatedAt
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
