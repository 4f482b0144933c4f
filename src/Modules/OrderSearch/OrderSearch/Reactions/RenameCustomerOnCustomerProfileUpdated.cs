using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Customers.Contracts;
using OrderSearch.Persistence;

namespace OrderSearch.Reactions;

internal sealed class RenameCustomerOnCustomerProfileUpdated(OrderSearchDbContext db)
    : IReaction<CustomerProfileUpdatedV1>
{
    public Task Handle(CustomerProfileUpdatedV1 updated, EventContext context, CancellationToken cancellationToken) =>
        db.WriteAsync(new CustomerFacts(updated.CustomerId) { Name = updated.Name }, cancellationToken);
}
