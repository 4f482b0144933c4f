using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Customers.Contracts;
using Notifications.Persistence;

namespace Notifications.Reactions;

internal sealed class CopyCustomerOnCustomerRegistered(NotificationsDbContext db) : IReaction<CustomerRegisteredV1>
{
    public async Task Handle(CustomerRegisteredV1 registered, EventContext context, CancellationToken cancellationToken)
    {
        var customer = await db.CopyOfCustomer(registered.CustomerId, cancellationToken);
        (customer.Name, customer.Email) = (registered.Name, registered.Email);
    }
}
