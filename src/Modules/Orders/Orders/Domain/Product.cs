namespace Orders.Domain;

/// <summary>What Orders knows of a product: a copy kept by the events of Catalog, seconds behind at most.</summary>
internal sealed class Product(string sku)
{
    /// <summary>The stock keeping unit, of Catalog.</summary>
    public string Sku { get; private set; } = sku;

    public string Name { get; set; } = "";

    /// <summary>For one piece, in the currency's minor unit, taxes included.</summary>
    public long PriceMinor { get; set; }

    /// <summary>ISO 4217 code; empty while no event has named a price.</summary>
    public string Currency { get; set; } = "";

    public bool Discontinued { get; set; }
}
