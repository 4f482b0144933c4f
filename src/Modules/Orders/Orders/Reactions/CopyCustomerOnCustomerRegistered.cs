using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Customers.Contracts;
using Orders.Persistence;

namespace Orders.Reactions;

internal sealed class CopyCustomerOnCustomerRegistered(OrdersDbContext db) : IReaction<CustomerRegisteredV1>
{
    public async Task Handle(CustomerRegisteredV1 registered, EventContext context, CancellationToken cancellationToken)
    {
        var customer = await db.CopyOfCustomer(registered.CustomerId, cancellationToken);
        customer.UserId = registered.UserId;
        customer.Name = registered.Name;
        customer.Email = registered.Email;
        customer.Country = registered.Country;
        customer.HasAddress = registered.Address is not null;
    }
}
