using BuildingBlocks.Contracts;

namespace Sales;

/// <summary>
/// About 400 bytes of JSON with three items. The key is the customer, so that keys have an order to be kept.
/// </summary>
[IntegrationEvent("order.placed", version: 1)]
public sealed record OrderPlacedV1(
    Guid OrderId,
    Guid CustomerId,
    decimal Total,
    DateTimeOffset PlacedAt,
    IReadOnlyList<OrderedItem> Items
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => CustomerId.ToString();
}

/// <summary>One of the three.</summary>
public sealed record OrderedItem(string Sku, string Name, int Quantity, decimal UnitPrice);
