using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Customers.Contracts;
using Shipping.Persistence;

namespace Shipping.Reactions;

internal sealed class MoveCustomerOnCustomerAddressUpdated(ShippingDbContext db) : IReaction<CustomerAddressUpdatedV1>
{
    public async Task Handle(
        CustomerAddressUpdatedV1 updated,
        EventContext context,
        CancellationToken cancellationToken
    )
    {
        var customer = await db.CopyOfCustomer(updated.CustomerId, cancellationToken);
        customer.MoveTo(updated.Address);
    }
}
