using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Orders.Contracts;

/// <summary>
/// Asks Inventory to set aside all the pieces of an order, or none. Answered by stock.reserved or
/// stock.reservation-rejected.
/// </summary>
/// <param name="OrderId">Made by Orders; also the key.</param>
/// <param name="Items">One entry a product.</param>
[IntegrationEvent("order.stock-reservation-requested", version: 1)]
public sealed record OrderStockReservationRequestedV1(Guid OrderId, [MinLength(1)] IReadOnlyList<OrderedQuantity> Items)
    : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
