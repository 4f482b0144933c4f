using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Customers.Contracts;
using Orders.Persistence;

namespace Orders.Reactions;

internal sealed class NoteAddressOnCustomerAddressUpdated(OrdersDbContext db) : IReaction<CustomerAddressUpdatedV1>
{
    public async Task Handle(
        CustomerAddressUpdatedV1 updated,
        EventContext context,
        CancellationToken cancellationToken
    )
    {
        var customer = await db.CopyOfCustomer(updated.CustomerId, cancellationToken);
        customer.HasAddress = true;
    }
}
