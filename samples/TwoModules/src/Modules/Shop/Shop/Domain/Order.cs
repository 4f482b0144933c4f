namespace Shop.Domain;

internal sealed class Order(Guid id, long totalMinor)
{
    public const long MaxTotalMinor = 1_000_000;

    public Guid Id { get; private set; } = id;

    public long TotalMinor { get; private set; } = totalMinor;
}
