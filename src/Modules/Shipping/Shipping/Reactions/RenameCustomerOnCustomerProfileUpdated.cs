using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Customers.Contracts;
using Shipping.Persistence;

namespace Shipping.Reactions;

internal sealed class RenameCustomerOnCustomerProfileUpdated(ShippingDbContext db) : IReaction<CustomerProfileUpdatedV1>
{
    public async Task Handle(
        CustomerProfileUpdatedV1 updated,
        EventContext context,
        CancellationToken cancellationToken
    )
    {
        var customer = await db.CopyOfCustomer(updated.CustomerId, cancellationToken);
        customer.Name = updated.Name;
    }
}
