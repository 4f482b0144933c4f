using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Notifications.Domain;
using Notifications.Persistence;
using Orders.Contracts;

namespace Notifications.Reactions;

internal sealed class RememberOrderOnOrderPlaced(NotificationsDbContext db) : IReaction<OrderPlacedV1>
{
    public async Task Handle(OrderPlacedV1 placed, EventContext context, CancellationToken cancellationToken)
    {
        if (await db.Orders.FindAsync([placed.OrderId], cancellationToken) is null)
        {
            db.Add(new KnownOrder(placed.OrderId, placed.CustomerId));
        }
    }
}
