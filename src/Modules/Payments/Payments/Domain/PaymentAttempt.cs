namespace Payments.Domain;

/// <summary>
/// One call to the gateway; written before the call, so that one that was cut off by a crash leaves a trace too.
/// </summary>
internal sealed class PaymentAttempt(Guid paymentId, int number, GatewayCall call, DateTimeOffset startedAt)
{
    public Guid PaymentId { get; private set; } = paymentId;

    /// <summary>1 for the first call about the payment.</summary>
    public int Number { get; private set; } = number;

    public GatewayCall Call { get; private set; } = call;

    public DateTimeOffset StartedAt { get; private set; } = startedAt;

    /// <summary>Null while under way, and for ever when the Host died meanwhile.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>What the gateway answered, or why it did not.</summary>
    public string? Outcome { get; private set; }

    public void End(string outcome, DateTimeOffset at) => (Outcome, EndedAt) = (outcome, at);
}

/// <summary>What can be asked of the gateway.</summary>
internal enum GatewayCall
{
    Charge,
    Void,
    Refund,
}
