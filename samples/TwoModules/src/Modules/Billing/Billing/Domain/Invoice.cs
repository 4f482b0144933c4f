namespace Billing.Domain;

internal sealed class Invoice(Guid orderId, long amountMinor)
{
    public Guid OrderId { get; private set; } = orderId;

    public long AmountMinor { get; private set; } = amountMinor;
}
