namespace Payments.Gateway;

/// <summary>
/// An entry in the books of the <see cref="SimulatedGateway"/>, which writes them by SQL; mapped so that the schema is
/// checked like the rest.
/// </summary>
internal sealed class SimulatedGatewayCharge
{
    /// <summary>The idempotency key.</summary>
    public Guid Key { get; private set; }

    /// <summary>open, charged, voided or refunded.</summary>
    public string State { get; private set; } = "";

    public long AmountMinor { get; private set; }

    public string Currency { get; private set; } = "";

    /// <summary>How often a charge was asked for.</summary>
    public int Calls { get; private set; }
}
