using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Customers.Contracts;

/// <summary>Where a customer's goods go.</summary>
/// <param name="Street">Street and number, up to 200 characters.</param>
/// <param name="City">Up to 100 characters.</param>
/// <param name="PostalCode">As the country writes it; empty where it has none.</param>
/// <param name="Country">ISO 3166-1 alpha-2 code; may differ from the customer's own country.</param>
public sealed record CustomerAddress(
    [StringLength(200)] string Street,
    [StringLength(100)] string City,
    [Required(AllowEmptyStrings = true), StringLength(20)] string PostalCode,
    [CountryCode] string Country
);
