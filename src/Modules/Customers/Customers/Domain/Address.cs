using Customers.Contracts;

namespace Customers.Domain;

/// <summary>Where a customer's goods go. A value: another address is another object.</summary>
/// <param name="PostalCode">As the country writes it; empty where it has none.</param>
/// <param name="Country">ISO 3166-1 alpha-2 code.</param>
internal sealed record Address(string Street, string City, string PostalCode, string Country)
{
    public const int MaxStreetLength = 200;

    public const int MaxCityLength = 100;

    public const int MaxPostalCodeLength = 20;

    public CustomerAddress ToContract() => new(Street, City, PostalCode, Country);
}
