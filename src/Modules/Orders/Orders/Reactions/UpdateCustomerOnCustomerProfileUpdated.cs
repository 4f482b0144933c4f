using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Customers.Contracts;
using Orders.Persistence;

namespace Orders.Reactions;

internal sealed class UpdateCustomerOnCustomerProfileUpdated(OrdersDbContext db) : IReaction<CustomerProfileUpdatedV1>
{
    public async Task Handle(
        CustomerProfileUpdatedV1 updated,
        EventContext context,
        CancellationToken cancellationToken
    )
    {
        var customer = await db.CopyOfCustomer(updated.CustomerId, cancellationToken);
        customer.Name = updated.Name;
        customer.Email = updated.Email;
    }
}
