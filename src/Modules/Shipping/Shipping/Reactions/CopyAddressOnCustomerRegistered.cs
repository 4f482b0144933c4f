using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Customers.Contracts;
using Shipping.Persistence;

namespace Shipping.Reactions;

internal sealed class CopyAddressOnCustomerRegistered(ShippingDbContext db) : IReaction<CustomerRegisteredV1>
{
    public async Task Handle(CustomerRegisteredV1 registered, EventContext context, CancellationToken cancellationToken)
    {
        var customer = await db.CopyOfCustomer(registered.CustomerId, cancellationToken);
        customer.UserId = registered.UserId;
        customer.Name = registered.Name;
        if (registered.Address is { } address)
        {
            customer.MoveTo(address);
        }
    }
}
