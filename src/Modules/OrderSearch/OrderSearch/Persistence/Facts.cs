using System.Text.Json;
using Orders.Contracts;
using OrderSearch.Domain;

namespace OrderSearch.Persistence;

/// <summary>What an event of Orders says of an order; all its events carry the whole order.</summary>
internal sealed record OrderFacts(
    Guid OrderId,
    Guid CustomerId,
    string Currency,
    long TotalMinor,
    IReadOnlyList<OrderLine> Lines
)
{
    public string? CustomerName { get; init; }

    public string? Country { get; init; }

    /// <summary>Counts only when no earlier event said it.</summary>
    public required DateTimeOffset PlacedAt { get; init; }

    public DateTimeOffset? ConfirmedAt { get; init; }

    public DateTimeOffset? CancelledAt { get; init; }

    public string[] Skus => [.. Lines.Select(line => line.Sku).Distinct(StringComparer.Ordinal)];

    public string ItemsJson =>
        JsonSerializer.Serialize(
            Lines.Select(line => new FoundOrderItem(line.Sku, line.ProductName, line.Quantity, line.UnitPriceMinor)),
            FoundOrderItem.Json
        );
}

/// <summary>What an event of Customers says of a customer.</summary>
internal sealed record CustomerFacts(Guid CustomerId)
{
    public Guid? UserId { get; init; }

    public string? Name { get; init; }

    public string? Country { get; init; }
}

/// <summary>What an event of Shipping says of an order.</summary>
internal sealed record ShipmentFacts(Guid OrderId)
{
    public DateTimeOffset? ShippedAt { get; init; }

    public DateTimeOffset? DeliveredAt { get; init; }
}
