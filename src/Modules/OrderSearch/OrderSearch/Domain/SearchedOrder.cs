using NpgsqlTypes;

namespace OrderSearch.Domain;

/// <summary>
/// One order with all that it is searched by and shown with. Made of facts that arrive in any order, so everything but
/// its id may be missing yet; it is found from the moment Orders has spoken of it. Written by reactions in SQL only.
/// </summary>
internal sealed class SearchedOrder
{
    public Guid OrderId { get; private set; }

    public Guid? CustomerId { get; private set; }

    /// <summary>The account that finds it; null when only admins do.</summary>
    public Guid? CustomerUserId { get; private set; }

    /// <summary>What the customer is called now.</summary>
    public string? CustomerName { get; private set; }

    /// <summary>Where the customer is at home now, as an ISO 3166-1 alpha-2 code.</summary>
    public string? Country { get; private set; }

    /// <summary>ISO 4217 code.</summary>
    public string? Currency { get; private set; }

    /// <summary>In the currency's minor unit, taxes included.</summary>
    public long? TotalMinor { get; private set; }

    public string[] Skus { get; private set; } = [];

    /// <summary>A JSON array of <see cref="FoundOrderItem"/>.</summary>
    public string Items { get; private set; } = "[]";

    /// <summary>The words of the product names; the database makes it of <see cref="Items"/>.</summary>
    public NpgsqlTsVector Words { get; private set; } = NpgsqlTsVector.Empty;

    /// <summary>The database derives it from the times below, so it does not matter which of them came first.</summary>
    public OrderStatus Status { get; private set; }

    /// <summary>
    /// When it was accepted; for one that entered confirmed or returned, when that was. Null while only Shipping has
    /// spoken of it.
    /// </summary>
    public DateTimeOffset? PlacedAt { get; private set; }

    public DateTimeOffset? ConfirmedAt { get; private set; }

    public DateTimeOffset? CancelledAt { get; private set; }

    public DateTimeOffset? ShippedAt { get; private set; }

    public DateTimeOffset? DeliveredAt { get; private set; }
}
