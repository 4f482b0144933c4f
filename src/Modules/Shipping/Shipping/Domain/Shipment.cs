using BuildingBlocks.Application;
using Orders.Contracts;
using Shipping.Contracts;

namespace Shipping.Domain;

/// <summary>
/// The goods of one order on their way to its customer. Until they leave they may be kept back; dispatching and
/// cancelling exclude each other, by the concurrency token when both come at once. Where they go is decided when they
/// leave, by the customer's address of that moment.
/// </summary>
internal sealed class Shipment
{
    private readonly List<ShipmentItem> items = [];

    private Shipment() { }

    public Guid Id { get; private set; }

    /// <summary>Of Orders; one shipment each.</summary>
    public Guid OrderId { get; private set; }

    /// <summary>Of Customers; null for an order that was cancelled before Shipping had heard of it.</summary>
    public Guid? CustomerId { get; private set; }

    public ShipmentStatus Status { get; private set; }

    /// <summary>Why it was cancelled; null unless it was.</summary>
    public string? CancelReason { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset? DispatchedAt { get; private set; }

    public DateTimeOffset? DeliveredAt { get; private set; }

    public DateTimeOffset? CancelledAt { get; private set; }

    public IReadOnlyList<ShipmentItem> Items => items;

    /// <summary>What was written on the parcel; null while it is not dispatched.</summary>
    public Label? Label
    {
        get =>
            RecipientName is null || Street is null || City is null || PostalCode is null || Country is null
                ? null
                : new(RecipientName, Street, City, PostalCode, Country);
        private set =>
            (RecipientName, Street, City, PostalCode, Country) = (
                value?.Name,
                value?.Street,
                value?.City,
                value?.PostalCode,
                value?.Country
            );
    }

    private string? RecipientName { get; set; }

    private string? Street { get; set; }

    private string? City { get; set; }

    private string? PostalCode { get; set; }

    private string? Country { get; set; }

    /// <summary>A confirmed order's goods wait to be dispatched.</summary>
    public static Shipment For(OrderConfirmedV2 confirmed, DateTimeOffset at)
    {
        Shipment shipment = new()
        {
            Id = Guid.CreateVersion7(at),
            OrderId = confirmed.OrderId,
            CustomerId = confirmed.CustomerId,
            CreatedAt = at,
        };
        shipment.items.AddRange(
            confirmed.Items.Select((item, i) => new ShipmentItem(i + 1, item.Sku, item.ProductName, item.Quantity))
        );
        return shipment;
    }

    /// <summary>
    /// Stands in for an order whose goods are to be kept back although Shipping never heard that it was confirmed.
    /// </summary>
    public static Shipment NeverCreated(Guid orderId, DateTimeOffset at) =>
        new()
        {
            Id = Guid.CreateVersion7(at),
            OrderId = orderId,
            CreatedAt = at,
        };

    public ShipmentCreatedV1 ToCreatedV1() =>
        new(
            Id,
            OrderId,
            CustomerId ?? throw new InvalidOperationException($"Shipment {Id} was never created."),
            [
                .. items
                    .OrderBy(item => item.Line)
                    .Select(item => new ShipmentLine(item.Sku, item.ProductName, item.Quantity)),
            ],
            CreatedAt
        );

    /// <summary>The goods leave.</summary>
    /// <param name="label">Where to; null when nobody knows.</param>
    /// <param name="at">UTC.</param>
    public Result<ShipmentDispatchedV1> Dispatch(Label? label, DateTimeOffset at)
    {
        if (Status != ShipmentStatus.Pending)
        {
            return ShipmentErrors.NotPending;
        }

        if (label is null)
        {
            return ShipmentErrors.NoAddress;
        }

        (Status, DispatchedAt, Label) = (ShipmentStatus.Dispatched, at, label);
        return new ShipmentDispatchedV1(Id, OrderId, at);
    }

    /// <summary>The goods have arrived.</summary>
    public Result<ShipmentDeliveredV1> Deliver(DateTimeOffset at)
    {
        if (Status != ShipmentStatus.Dispatched)
        {
            return ShipmentErrors.NotDispatched;
        }

        (Status, DeliveredAt) = (ShipmentStatus.Delivered, at);
        return new ShipmentDeliveredV1(Id, OrderId, at);
    }

    /// <summary>The goods are to stay.</summary>
    /// <returns>What to publish: that they do; null when they have left.</returns>
    public ShipmentCancelledV1? Cancel(string reason, DateTimeOffset at)
    {
        if (Status == ShipmentStatus.Pending)
        {
            (Status, CancelledAt, CancelReason) = (ShipmentStatus.Cancelled, at, reason);
        }

        return CancelledAt is { } cancelledAt ? new(Id, OrderId, cancelledAt) : null;
    }
}

/// <summary>One product of a shipment.</summary>
/// <param name="Line">1 for the first, as in the order.</param>
internal sealed record ShipmentItem(int Line, string Sku, string ProductName, int Quantity);
