using BuildingBlocks.Contracts;

namespace Shipping.Contracts.Queries;

/// <summary>
/// Asks how far an order's goods are. Nothing is answered for one that Shipping has not heard was confirmed.
/// </summary>
/// <param name="OrderId">Of Orders.</param>
public sealed record DescribeShipment(Guid OrderId) : IModuleQuery<ShipmentDescription>;

/// <summary>An order's shipment as Shipping knows it at the moment of asking.</summary>
/// <param name="ShipmentId">Made by Shipping.</param>
/// <param name="CustomerId">Of Customers.</param>
/// <param name="CustomerUserId">The account that may see the shipment, of Users; null when only admins may, or while
/// Shipping has not heard of it.</param>
/// <param name="Status">pending, dispatched, delivered or cancelled.</param>
/// <param name="Lines">One entry a line of the order.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="DispatchedAt">UTC; null while the goods have not left.</param>
/// <param name="DeliveredAt">UTC; null while the goods are not with the customer.</param>
/// <param name="CancelledAt">UTC; null unless the goods were kept back.</param>
public sealed record ShipmentDescription(
    Guid ShipmentId,
    Guid CustomerId,
    Guid? CustomerUserId,
    string Status,
    IReadOnlyList<ShipmentLine> Lines,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DispatchedAt,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset? CancelledAt
);
