using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Customers.Contracts;
using OrderSearch.Persistence;

namespace OrderSearch.Reactions;

internal sealed class MoveOrdersOnCustomerCountryChanged(OrderSearchDbContext db) : IReaction<CustomerCountryChangedV1>
{
    public Task Handle(CustomerCountryChangedV1 changed, EventContext context, CancellationToken cancellationToken) =>
        db.WriteAsync(new CustomerFacts(changed.CustomerId) { Country = changed.Country }, cancellationToken);
}
