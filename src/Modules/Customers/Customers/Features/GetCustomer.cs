using System.Linq.Expressions;
using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Customers.Domain;
using Customers.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Customers.Features;

/// <summary>Shows a customer to its user and to admins.</summary>
/// <param name="CustomerId" example="0198a000-0000-7000-8000-00000000c057">As opening the customer answered it.</param>
internal sealed record GetCustomer(Guid CustomerId) : IQuery<CustomerDetails>;

/// <param name="UserId">The account that may act for the customer; null when only admins may.</param>
/// <param name="Country">ISO 3166-1 alpha-2 code; null while unknown.</param>
/// <param name="Address">Null while unknown.</param>
/// <param name="RegisteredAt">UTC.</param>
internal sealed record CustomerDetails(
    Guid CustomerId,
    Guid? UserId,
    string Name,
    string Email,
    string? Country,
    AddressDetails? Address,
    DateTimeOffset RegisteredAt
)
{
    public static Expression<Func<Customer, CustomerDetails>> Of { get; } =
        customer =>
            new(
                customer.Id,
                customer.UserId,
                customer.Name,
                customer.Email,
                customer.Country,
                customer.Address == null
                    ? null
                    : new AddressDetails(
                        customer.Address.Street,
                        customer.Address.City,
                        customer.Address.PostalCode,
                        customer.Address.Country
                    ),
                customer.RegisteredAt
            );
}

/// <param name="PostalCode">Empty where the country has none.</param>
internal sealed record AddressDetails(string Street, string City, string PostalCode, string Country);

internal sealed class GetCustomerHandler(CustomersDbContext db, Caller caller)
    : IQueryHandler<GetCustomer, CustomerDetails>
{
    public async Task<Result<CustomerDetails>> Handle(GetCustomer query, CancellationToken cancellationToken)
    {
        var customer = await db
            .Customers.Where(customer => customer.Id == query.CustomerId)
            .Select(CustomerDetails.Of)
            .SingleOrDefaultAsync(cancellationToken);
        return customer is null || !caller.MayActFor(customer.UserId) ? CustomerErrors.Unknown : customer;
    }
}

internal sealed class GetCustomerEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/customers/{id:guid}", (Guid id, Sender sender, CancellationToken ct) =>
                sender.Ok(new GetCustomer(id), ct)
            )
            .RequireAuthorization(Policies.Customer)
            .Refuses(CustomerErrors.Unknown);
}
