namespace Payments.Gateway;

/// <summary>
/// What Payments needs of a payment provider. Every call carries an idempotency key, and may be repeated at any time,
/// from any Host, also while an earlier one is under way: the provider must have done it once. An exception means that
/// the effect is unknown. Thread-safe.
/// </summary>
internal interface IPaymentGateway
{
    /// <summary>Charges the whole amount, once for the key; nothing when the key was voided before.</summary>
    Task<ChargeAnswer> Charge(ChargeRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Makes sure that nothing is charged for the key later, also when no charge has been heard of yet.
    /// </summary>
    /// <returns>False when it has been charged already, and stays so.</returns>
    Task<bool> Void(Guid key, CancellationToken cancellationToken);

    /// <summary>Gives back what was charged for the key, once.</summary>
    /// <returns>How much that was, in the minor unit, however often it is asked.</returns>
    Task<long> Refund(Guid key, CancellationToken cancellationToken);
}

/// <summary>What is to be charged.</summary>
/// <param name="Key">The idempotency key.</param>
/// <param name="AmountMinor">In the currency's minor unit.</param>
/// <param name="Currency">ISO 4217 code.</param>
internal sealed record ChargeRequest(Guid Key, string Token, long AmountMinor, string Currency)
{
    // A record prints its members, and the token must not get into a log that way.
    public override string ToString() => $"charge {Key}";
}

/// <summary>Charged, or why not.</summary>
/// <param name="DeclineReason">For the customer to read; null when charged.</param>
internal sealed record ChargeAnswer(string? DeclineReason);
