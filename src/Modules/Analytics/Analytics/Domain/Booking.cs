namespace Analytics.Domain;

/// <summary>
/// That an order was confirmed, or cancelled after that: remembered to be counted once, and to be counted under the
/// right country when that becomes known later. Written by reactions in SQL only, as all sums here.
/// </summary>
internal sealed class Booking
{
    public Guid OrderId { get; private set; }

    /// <summary>One of <see cref="Domain.Entry"/>.</summary>
    public string Entry { get; private set; } = "";

    /// <summary>In UTC.</summary>
    public DateOnly Day { get; private set; }

    public Guid CustomerId { get; private set; }

    /// <summary>ISO 3166-1 alpha-2 code, the same for both bookings of an order; null while unknown.</summary>
    public string? Country { get; private set; }

    /// <summary>ISO 4217 code.</summary>
    public string Currency { get; private set; } = "";

    /// <summary>Pieces.</summary>
    public long Quantity { get; private set; }

    /// <summary>In the currency's minor unit.</summary>
    public long AmountMinor { get; private set; }
}
