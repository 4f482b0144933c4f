using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Customers.Contracts;

/// <summary>A customer's name or e-mail address changed; the event carries both as they are now.</summary>
/// <param name="CustomerId">Made by Customers; also the key.</param>
/// <param name="Name">A person's or a company's.</param>
/// <param name="Email">Where the customer wants to be written to; not unique.</param>
[IntegrationEvent("customer.profile-updated", version: 1)]
public sealed record CustomerProfileUpdatedV1(
    Guid CustomerId,
    [StringLength(200)] string Name,
    [EmailAddress, StringLength(254)] string Email
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => CustomerId.ToString();
}
