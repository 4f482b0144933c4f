using Inventory.Contracts;

namespace Inventory.Domain;

/// <summary>
/// What is set aside for an order. One that was released stays for ever, also when nothing had been set aside, so that
/// a request that comes after the release finds it and is refused.
/// </summary>
internal sealed class Reservation
{
    private readonly List<ReservationLine> lines = [];

    private Reservation() { }

    public Guid OrderId { get; private set; }

    public ReservationStatus Status { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset? ReleasedAt { get; private set; }

    /// <summary>When what is set aside left the warehouses, UTC; null while it has not.</summary>
    public DateTimeOffset? ShippedAt { get; private set; }

    /// <summary>Kept after a release, for whoever wants to know what had been set aside.</summary>
    public IReadOnlyList<ReservationLine> Lines => lines;

    /// <summary>Sets aside all that an order wants, or nothing of it.</summary>
    /// <param name="orderId">Of Orders.</param>
    /// <param name="wanted">Pieces by SKU.</param>
    /// <param name="levels">All levels of these SKUs, locked.</param>
    /// <param name="now">UTC.</param>
    /// <param name="shortage">When nothing was set aside: what is short and by how much, for the customer to
    /// read.</param>
    /// <returns>The reservation, or null.</returns>
    public static Reservation? TryReserve(
        Guid orderId,
        IReadOnlyDictionary<string, int> wanted,
        IReadOnlyList<StockLevel> levels,
        DateTimeOffset now,
        out string shortage
    )
    {
        var bySku = levels.ToLookup(level => level.Sku, StringComparer.Ordinal);
        List<string> shortages = [];
        foreach (var (sku, quantity) in wanted.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            // A shortage in one warehouse counts against what the others have: it is promised already.
            var available = Math.Max(0, bySku[sku].Sum(level => (long)level.Available));
            if (available < quantity)
            {
                shortages.Add($"{sku}: {quantity} wanted, {available} available");
            }
        }

        shortage = shortages.Count == 0 ? "" : $"Not enough in stock. {string.Join("; ", shortages)}.";
        if (shortages.Count > 0)
        {
            return null;
        }

        Reservation reservation = new()
        {
            OrderId = orderId,
            Status = ReservationStatus.Reserved,
            CreatedAt = now,
        };
        foreach (var (sku, quantity) in wanted)
        {
            reservation.Take(quantity, bySku[sku]);
        }

        return reservation;
    }

    /// <summary>Stands in for an order that is released before anything was set aside for it.</summary>
    public static Reservation ReleasedBefore(Guid orderId, DateTimeOffset now) =>
        new()
        {
            OrderId = orderId,
            Status = ReservationStatus.Released,
            CreatedAt = now,
            ReleasedAt = now,
        };

    /// <summary>Gives everything back.</summary>
    /// <param name="levels">The levels of <see cref="Lines"/>, locked.</param>
    /// <param name="now">UTC.</param>
    /// <returns>What was given back: nothing, when that had been done before or the pieces have left.</returns>
    public StockReleasedV1 Release(IReadOnlyList<StockLevel> levels, DateTimeOffset now)
    {
        if (Status != ReservationStatus.Reserved)
        {
            return new(OrderId, []);
        }

        EachLine(levels, (level, quantity) => level.Release(quantity));
        (Status, ReleasedAt) = (ReservationStatus.Released, now);
        return new(OrderId, StockLines());
    }

    /// <summary>
    /// What was set aside leaves the warehouses: it neither lies there nor is set aside any more, and what is available
    /// stays the same.
    /// </summary>
    /// <param name="levels">The levels of <see cref="Lines"/>, locked.</param>
    /// <param name="at">UTC.</param>
    /// <exception cref="InvalidOperationException">It was given back before: goods left that should not
    /// have.</exception>
    public void Ship(IReadOnlyList<StockLevel> levels, DateTimeOffset at)
    {
        if (Status == ReservationStatus.Released)
        {
            throw new InvalidOperationException(
                $"The goods of order {OrderId} have left, but their reservation was released."
            );
        }

        if (Status == ReservationStatus.Reserved)
        {
            EachLine(levels, (level, quantity) => level.Ship(quantity));
            (Status, ShippedAt) = (ReservationStatus.Shipped, at);
        }
    }

    public StockReservedV1 ToReservedV1() => new(OrderId, StockLines());

    /// <summary>
    /// Takes from the warehouse that has most first, so that an order is spread over as few as possible.
    /// </summary>
    private void Take(int quantity, IEnumerable<StockLevel> levels)
    {
        foreach (
            var level in levels
                .OrderByDescending(level => level.Available)
                .ThenBy(level => level.Warehouse, StringComparer.Ordinal)
        )
        {
            var taken = Math.Min(quantity, level.Available);
            if (taken <= 0)
            {
                return;
            }

            level.Reserve(taken);
            lines.Add(new(level.Sku, level.Warehouse, taken));
            quantity -= taken;
        }
    }

    private void EachLine(IReadOnlyList<StockLevel> levels, Action<StockLevel, int> change)
    {
        var byPlace = levels.ToDictionary(level => (level.Sku, level.Warehouse));
        foreach (var line in lines)
        {
            change(byPlace[(line.Sku, line.Warehouse)], line.Quantity);
        }
    }

    private StockLine[] StockLines() =>
        [
            .. lines
                .OrderBy(line => line.Sku, StringComparer.Ordinal)
                .ThenBy(line => line.Warehouse, StringComparer.Ordinal)
                .Select(line => new StockLine(line.Sku, line.Warehouse, line.Quantity)),
        ];
}

internal sealed record ReservationLine(string Sku, string Warehouse, int Quantity);

internal enum ReservationStatus
{
    Reserved,
    Released,
    Shipped,
}
