namespace BuildingBlocks.Reference;

/// <summary>A country of ISO 3166-1.</summary>
/// <param name="Code">Alpha-2 code, such as DE.</param>
/// <param name="Name">In English.</param>
public sealed record Country(string Code, string Name);

/// <summary>A currency, fund, metal or unit of account of ISO 4217.</summary>
/// <param name="Code">Alphabetic code, such as EUR.</param>
/// <param name="Name">In English.</param>
/// <param name="MinorUnits">Decimal digits of the minor unit, such as 2 for cents; null where nothing can be priced in
/// it, such as gold.</param>
public sealed record Currency(string Code, string Name, int? MinorUnits);

/// <summary>All reference data, by code. Immutable.</summary>
public sealed class ReferenceLists
{
    private readonly Dictionary<string, Country> countries;
    private readonly Dictionary<string, Currency> currencies;

    internal ReferenceLists(IReadOnlyList<Country> countries, IReadOnlyList<Currency> currencies)
    {
        (Countries, Currencies) = (countries, currencies);
        this.countries = countries.ToDictionary(country => country.Code, StringComparer.Ordinal);
        this.currencies = currencies.ToDictionary(currency => currency.Code, StringComparer.Ordinal);
    }

    /// <summary>In the order of their codes.</summary>
    public IReadOnlyList<Country> Countries { get; }

    /// <summary>In the order of their codes.</summary>
    public IReadOnlyList<Currency> Currencies { get; }

    /// <summary>The country of an alpha-2 code in capital letters, or null.</summary>
    public Country? Country(string code) => countries.GetValueOrDefault(code);

    /// <summary>The currency of an alphabetic code in capital letters, or null.</summary>
    public Currency? Currency(string code) => currencies.GetValueOrDefault(code);
}
