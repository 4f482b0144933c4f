namespace Payments.Domain;

/// <summary>The wish that nothing stays charged for an order, and what came of it.</summary>
internal sealed class Refund(string reason, DateTimeOffset requestedAt)
{
    /// <summary>For the customer's statement.</summary>
    public string Reason { get; private set; } = reason;

    public DateTimeOffset RequestedAt { get; private set; } = requestedAt;

    /// <summary>What was given back, in the minor unit; 0 when nothing had been charged.</summary>
    public long AmountMinor { get; private set; }

    /// <summary>When it was answered; null while it is not.</summary>
    public DateTimeOffset? RefundedAt { get; private set; }

    public void Settle(long amountMinor, DateTimeOffset at) => (AmountMinor, RefundedAt) = (amountMinor, at);
}
