using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using OrderSearch.Persistence;
using Shipping.Contracts;

namespace OrderSearch.Reactions;

internal sealed class MarkShippedOnShipmentDispatched(OrderSearchDbContext db) : IReaction<ShipmentDispatchedV1>
{
    public Task Handle(ShipmentDispatchedV1 dispatched, EventContext context, CancellationToken cancellationToken) =>
        db.WriteAsync(
            new ShipmentFacts(dispatched.OrderId) { ShippedAt = dispatched.DispatchedAt.ToUniversalTime() },
            cancellationToken
        );
}
