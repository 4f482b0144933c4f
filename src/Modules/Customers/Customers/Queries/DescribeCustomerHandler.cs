using BuildingBlocks.Application;
using Customers.Contracts.Queries;
using Customers.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Customers.Queries;

internal sealed class DescribeCustomerHandler(CustomersDbContext db)
    : IModuleQueryHandler<DescribeCustomer, CustomerDescription>
{
    public async Task<CustomerDescription?> Handle(DescribeCustomer query, CancellationToken cancellationToken)
    {
        var customer = await db
            .Customers.AsNoTracking()
            .SingleOrDefaultAsync(customer => customer.Id == query.CustomerId, cancellationToken);
        return customer is null
            ? null
            : new(
                customer.Id,
                customer.UserId,
                customer.Name,
                customer.Email,
                customer.Country,
                customer.Address?.ToContract()
            );
    }
}
