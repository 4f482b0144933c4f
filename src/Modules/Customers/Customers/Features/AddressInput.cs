using BuildingBlocks.Reference;
using Customers.Domain;
using FluentValidation;

namespace Customers.Features;

/// <summary>An address as it is typed.</summary>
/// <param name="Street" example="12 St James's Square">Street and number, up to 200 characters.</param>
/// <param name="City" example="London">Up to 100 characters.</param>
/// <param name="PostalCode" example="SW1Y 4JH">Up to 20 characters; may be left out where the country has none.</param>
/// <param name="Country" example="GB">ISO 3166-1 alpha-2 code.</param>
internal sealed record AddressInput(string Street, string City, string? PostalCode, string Country)
{
    public Address ToAddress() => new(Street.Trim(), City.Trim(), PostalCode?.Trim() ?? "", Country);
}

internal sealed class AddressInputValidator : AbstractValidator<AddressInput>
{
    public AddressInputValidator(ReferenceData reference)
    {
        RuleFor(address => address.Street).NotEmpty().MaximumLength(Address.MaxStreetLength);
        RuleFor(address => address.City).NotEmpty().MaximumLength(Address.MaxCityLength);
        RuleFor(address => address.PostalCode).MaximumLength(Address.MaxPostalCodeLength);
        RuleFor(address => address.Country).NotEmpty().CountryCode(reference);
    }
}
