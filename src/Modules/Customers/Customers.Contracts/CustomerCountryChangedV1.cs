using BuildingBlocks.Contracts;

namespace Customers.Contracts;

/// <summary>A customer is at home in another country from now on.</summary>
/// <param name="CustomerId">Made by Customers; also the key.</param>
/// <param name="Country">ISO 3166-1 alpha-2 code.</param>
/// <param name="PreviousCountry">Null when it was unknown until now.</param>
[IntegrationEvent("customer.country-changed", version: 1)]
public sealed record CustomerCountryChangedV1(
    Guid CustomerId,
    [CountryCode] string Country,
    [CountryCode] string? PreviousCountry
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => CustomerId.ToString();
}
