using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Inventory.Contracts;

/// <summary>Nothing is set aside for an order any more, and nothing will be.</summary>
/// <param name="OrderId">Of Orders; also the key.</param>
/// <param name="Lines">What was given back; empty when nothing had been reserved.</param>
[IntegrationEvent("stock.released", version: 1)]
public sealed record StockReleasedV1(Guid OrderId, [MinLength(0)] IReadOnlyList<StockLine> Lines) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => OrderId.ToString();
}
