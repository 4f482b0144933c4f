using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Notifications.Domain;
using Notifications.Mailing;
using Shipping.Contracts;

namespace Notifications.Reactions;

/// <summary>Says that the goods are on their way.</summary>
internal sealed class WriteToCustomerOnShipmentDispatched(CustomerMail mail) : IOutboundReaction<ShipmentDispatchedV1>
{
    public Task Handle(ShipmentDispatchedV1 dispatched, EventContext context, CancellationToken cancellationToken) =>
        mail.SendAsync(new(MailKind.Shipped, dispatched.OrderId, Name: null, Email: null), context, cancellationToken);
}
