namespace Orders.Domain;

/// <summary>When an order reached a status; it reaches each at most once.</summary>
internal sealed record OrderStatusChange(OrderStatus Status, DateTimeOffset At);
