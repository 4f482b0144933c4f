using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Customers.Contracts;
using Notifications.Persistence;

namespace Notifications.Reactions;

internal sealed class CopyCustomerOnCustomerProfileUpdated(NotificationsDbContext db)
    : IReaction<CustomerProfileUpdatedV1>
{
    public async Task Handle(
        CustomerProfileUpdatedV1 updated,
        EventContext context,
        CancellationToken cancellationToken
    )
    {
        var customer = await db.CopyOfCustomer(updated.CustomerId, cancellationToken);
        (customer.Name, customer.Email) = (updated.Name, updated.Email);
    }
}
