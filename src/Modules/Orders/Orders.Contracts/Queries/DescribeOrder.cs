using BuildingBlocks.Contracts;

namespace Orders.Contracts.Queries;

/// <summary>Asks what an order is and how far it has come. Nothing is answered for one that was never placed.</summary>
/// <param name="OrderId">Made by Orders.</param>
public sealed record DescribeOrder(Guid OrderId) : IModuleQuery<OrderDescription>;

/// <summary>An order as Orders knows it at the moment of asking.</summary>
/// <param name="OrderId">Made by Orders.</param>
/// <param name="CustomerId">Of Customers.</param>
/// <param name="CustomerUserId">The account that may see the order, of Users; null when only admins may.</param>
/// <param name="Status">placed, stockReserved, paid, confirmed, shipped, delivered or cancelled.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="TotalMinor">In the currency's minor unit, taxes included; the sum of the items.</param>
/// <param name="Items">As ordered: names and prices of the moment the order was placed.</param>
/// <param name="History">Each status the order has reached, first to last.</param>
/// <param name="CancelReason">For the customer to read; null unless cancelled.</param>
/// <param name="CancellationRequestedAt">When somebody called it off, UTC; null when nobody has.</param>
public sealed record OrderDescription(
    Guid OrderId,
    Guid CustomerId,
    Guid? CustomerUserId,
    string Status,
    string Currency,
    long TotalMinor,
    IReadOnlyList<OrderLine> Items,
    IReadOnlyList<OrderDescriptionChange> History,
    string? CancelReason,
    DateTimeOffset? CancellationRequestedAt
);

/// <summary>When an order reached a status.</summary>
/// <param name="Status">As in <see cref="OrderDescription"/>.</param>
/// <param name="At">UTC.</param>
public sealed record OrderDescriptionChange(string Status, DateTimeOffset At);
