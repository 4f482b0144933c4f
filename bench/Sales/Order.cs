namespace Sales;

/// <summary>The row that each operation of the benchmark inserts.</summary>
public sealed class Order
{
    /// <summary>Sorts by time.</summary>
    public Guid Id { get; init; }

    /// <summary>Whose.</summary>
    public Guid CustomerId { get; init; }

    /// <summary>In some currency.</summary>
    public decimal Total { get; init; }

    /// <summary>Always placed.</summary>
    public required string Status { get; init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset PlacedAt { get; init; }

    /// <summary>The operation's order and the event that speaks of it.</summary>
    /// <param name="customerId">Whose.</param>
    public static (Order Order, OrderPlacedV1 Event) Place(Guid customerId)
    {
        // PostgreSQL keeps microseconds.
        var now = TimeProvider.System.GetUtcNow();
        now = new(now.Ticks - (now.Ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
        Order order = new()
        {
            Id = Guid.CreateVersion7(),
            CustomerId = customerId,
            Total = 123.45m,
            Status = "placed",
            PlacedAt = now,
        };
        return (
            order,
            new(
                order.Id,
                customerId,
                order.Total,
                now,
                [
                    new("SKU-0001-RED", "A thing that comes in red", 1, 23.45m),
                    new("SKU-0002-BLUE", "A thing that comes in blue", 2, 25.00m),
                    new("SKU-0003-GREEN", "A thing that is green", 5, 10.00m),
                ]
            )
        );
    }
}
