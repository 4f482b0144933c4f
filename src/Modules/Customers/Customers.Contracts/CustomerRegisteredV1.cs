using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Customers.Contracts;

/// <summary>
/// A customer exists. One opened by a sign-up has neither country nor address until its user adds them.
/// </summary>
/// <param name="CustomerId">Made by Customers; also the key.</param>
/// <param name="UserId">The account that may act for this customer, of Users; null when only admins may.</param>
/// <param name="Name">A person's or a company's.</param>
/// <param name="Email">Where the customer wants to be written to; not unique.</param>
/// <param name="Country">ISO 3166-1 alpha-2 code, or null while unknown.</param>
/// <param name="Address">Null while unknown.</param>
[IntegrationEvent("customer.registered", version: 1)]
public sealed record CustomerRegisteredV1(
    Guid CustomerId,
    Guid? UserId,
    [StringLength(200)] string Name,
    [EmailAddress, StringLength(254)] string Email,
    [CountryCode] string? Country,
    CustomerAddress? Address
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => CustomerId.ToString();
}
