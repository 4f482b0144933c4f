using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Customers.Contracts;
using OrderSearch.Persistence;

namespace OrderSearch.Reactions;

internal sealed class KnowCustomerOnCustomerRegistered(OrderSearchDbContext db) : IReaction<CustomerRegisteredV1>
{
    public Task Handle(CustomerRegisteredV1 registered, EventContext context, CancellationToken cancellationToken) =>
        db.WriteAsync(
            new CustomerFacts(registered.CustomerId)
            {
                UserId = registered.UserId,
                Name = registered.Name,
                Country = registered.Country,
            },
            cancellationToken
        );
}
