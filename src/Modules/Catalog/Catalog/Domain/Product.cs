using Catalog.Contracts;

namespace Catalog.Domain;

/// <summary>
/// Something that is sold, or was. It is known by its SKU and never deleted, because orders go on naming it.
/// </summary>
internal sealed class Product
{
    public const int MaxNameLength = 200;

    /// <summary>Far above any price, far below where sums over an order overflow.</summary>
    public const long MaxPriceMinor = 1_000_000_000_000;

    private Product() { }

    public string Sku { get; private set; } = "";

    public string Name { get; private set; } = "";

    /// <summary>The category's name.</summary>
    public string Category { get; private set; } = "";

    /// <summary>
    /// For one piece, in the currency's minor unit, taxes included; 0 to <see cref="MaxPriceMinor"/>.
    /// </summary>
    public long PriceMinor { get; private set; }

    /// <summary>ISO 4217 code.</summary>
    public string Currency { get; private set; } = "";

    /// <summary>Not sold any more; for ever.</summary>
    public bool Discontinued { get; private set; }

    public static Product Add(string sku, string name, string category, long priceMinor, string currency) =>
        new()
        {
            Sku = Domain.Sku.Normalize(sku),
            Name = name.Trim(),
            Category = category,
            PriceMinor = priceMinor,
            Currency = currency,
        };

    public ProductAddedV1 ToAddedV1() => new(Sku, Name, Category, PriceMinor, Currency);

    /// <summary>Says what it is called and where it belongs from now on.</summary>
    /// <returns>What to publish, or null when it was so already.</returns>
    public ProductUpdatedV1? Describe(string name, string category)
    {
        name = name.Trim();
        if (
            string.Equals(name, Name, StringComparison.Ordinal)
            && string.Equals(category, Category, StringComparison.Ordinal)
        )
        {
            return null;
        }

        (Name, Category) = (name, category);
        return new(Sku, Name, Category);
    }

    /// <summary>Sets the price from now on.</summary>
    /// <returns>What to publish, or null when it was so already.</returns>
    public ProductPriceChangedV1? ChangePrice(long priceMinor, string currency)
    {
        if (priceMinor == PriceMinor && string.Equals(currency, Currency, StringComparison.Ordinal))
        {
            return null;
        }

        ProductPriceChangedV1 changed = new(Sku, priceMinor, currency, PriceMinor, Currency);
        (PriceMinor, Currency) = (priceMinor, currency);
        return changed;
    }

    /// <summary>Takes it off sale.</summary>
    /// <returns>What to publish, or null when it was so already.</returns>
    public ProductDiscontinuedV1? Discontinue()
    {
        if (Discontinued)
        {
            return null;
        }

        Discontinued = true;
        return new(Sku);
    }
}
