using Inventory.Contracts;

namespace Inventory.Domain;

/// <summary>
/// How many pieces of a product lie in a warehouse, and how many of them are set aside. Whoever changes it holds its
/// row lock, see <see cref="Persistence.InventoryDbContext.LockLevelsAsync"/>.
/// </summary>
internal sealed class StockLevel
{
    public const int MaxOnHand = 100_000_000;

    private StockLevel() { }

    public string Sku { get; private set; } = "";

    /// <summary>The warehouse's code.</summary>
    public string Warehouse { get; private set; } = "";

    /// <summary>Pieces that lie there, whoever they are set aside for; 0 to <see cref="MaxOnHand"/>.</summary>
    public int OnHand { get; private set; }

    /// <summary>Pieces that are set aside for orders and have not left yet.</summary>
    public int Reserved { get; private set; }

    /// <summary>When somebody last said how many lie there, UTC; null while nobody has.</summary>
    public DateTimeOffset? CountedAt { get; private set; }

    /// <summary>
    /// Pieces that can still be promised. Below zero when a count found fewer than were promised already: that count is
    /// the truth, and refusing it would only hide the shortage. What was promised stays so, and nothing more is until
    /// the shortage is made good.
    /// </summary>
    public int Available => OnHand - Reserved;

    /// <summary>Takes down what somebody counted.</summary>
    /// <returns>What to publish, or null when it had been counted before and the number is the same.</returns>
    public StockAdjustedV1? Count(int onHand, DateTimeOffset now)
    {
        var isNews = OnHand != onHand || CountedAt is null;
        (OnHand, CountedAt) = (onHand, now);
        return isNews ? new(Sku, Warehouse, OnHand, Reserved) : null;
    }

    public void Reserve(int quantity) => Reserved += quantity;

    public void Release(int quantity) => Reserved -= quantity;

    /// <summary>Pieces that were set aside have left.</summary>
    public void Ship(int quantity)
    {
        Reserved -= quantity;

        // A count that found fewer than were set aside was made without them, so they cannot be missing from it once
        // more.
        OnHand = Math.Max(0, OnHand - quantity);
    }
}
