using BuildingBlocks.Contracts;

namespace Inventory.Contracts;

/// <summary>An order asked for more than there is; nothing at all was set aside for it.</summary>
/// <param name="OrderId">Of Orders; also the key.</param>
/// <param name="Reason">For the customer to read: which products are short, and by how much.</param>
[IntegrationEvent("stock.reservation-rejected", version: 1)]
public sealed record StockReservationRejectedV1(Guid OrderId, string Reason) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
