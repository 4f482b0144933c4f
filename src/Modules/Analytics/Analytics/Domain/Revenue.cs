namespace Analytics.Domain;

/// <summary>Sums of one day in one currency.</summary>
internal abstract class Revenue
{
    /// <summary>In UTC.</summary>
    public DateOnly Day { get; private set; }

    /// <summary>ISO 4217 code.</summary>
    public string Currency { get; private set; } = "";

    /// <summary>One of <see cref="Domain.Entry"/>.</summary>
    public string Entry { get; private set; } = "";

    public long Orders { get; private set; }

    /// <summary>Pieces.</summary>
    public long Quantity { get; private set; }

    /// <summary>In the currency's minor unit.</summary>
    public long AmountMinor { get; private set; }
}

/// <summary>Whole orders, by the country of their customers.</summary>
internal sealed class CountryRevenue : Revenue
{
    /// <summary>What is not known yet is counted under this name.</summary>
    public const string Unknown = "unknown";

    /// <summary>ISO 3166-1 alpha-2 code, or <see cref="Unknown"/>.</summary>
    public string Country { get; private set; } = "";
}

/// <summary>Lines of orders, by their product; an order counts once for each of its products.</summary>
internal sealed class ProductRevenue : Revenue
{
    public string Sku { get; private set; } = "";
}
