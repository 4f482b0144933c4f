using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Inventory.Contracts;

/// <summary>
/// Everything an order asked for is set aside for it, and nobody else can get it until it is released.
/// </summary>
/// <param name="OrderId">Of Orders; also the key.</param>
/// <param name="Lines">Where the pieces lie; one product may come from several warehouses.</param>
[IntegrationEvent("stock.reserved", version: 1)]
public sealed record StockReservedV1(Guid OrderId, [MinLength(1)] IReadOnlyList<StockLine> Lines) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
