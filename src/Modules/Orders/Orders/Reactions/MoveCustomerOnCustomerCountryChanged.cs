using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Customers.Contracts;
using Orders.Persistence;

namespace Orders.Reactions;

internal sealed class MoveCustomerOnCustomerCountryChanged(OrdersDbContext db) : IReaction<CustomerCountryChangedV1>
{
    public async Task Handle(
        CustomerCountryChangedV1 changed,
        EventContext context,
        CancellationToken cancellationToken
    )
    {
        var customer = await db.CopyOfCustomer(changed.CustomerId, cancellationToken);
        customer.Country = changed.Country;
    }
}
