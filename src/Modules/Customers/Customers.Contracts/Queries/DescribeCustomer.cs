using BuildingBlocks.Contracts;

namespace Customers.Contracts.Queries;

/// <summary>Asks who a customer is.</summary>
/// <param name="CustomerId">Made by Customers.</param>
public sealed record DescribeCustomer(Guid CustomerId) : IModuleQuery<CustomerDescription>;

/// <summary>A customer as Customers knows them at the moment of asking.</summary>
/// <param name="CustomerId">Made by Customers.</param>
/// <param name="UserId">The account that may act for this customer, of Users; null when only admins may.</param>
/// <param name="Name">A person's or a company's.</param>
/// <param name="Email">Where the customer wants to be written to; not unique.</param>
/// <param name="Country">ISO 3166-1 alpha-2 code, or null while unknown.</param>
/// <param name="Address">Where goods go from now on; null while unknown.</param>
public sealed record CustomerDescription(
    Guid CustomerId,
    Guid? UserId,
    string Name,
    string Email,
    string? Country,
    CustomerAddress? Address
);
