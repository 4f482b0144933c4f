using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Notifications.Domain;
using Notifications.Mailing;
using Orders.Contracts;

namespace Notifications.Reactions;

/// <summary>
/// Says why the order came to nothing, unless it was imported as a return: then it was never placed here.
/// </summary>
internal sealed class WriteToCustomerOnOrderCancelled(CustomerMail mail) : IOutboundReaction<OrderCancelledV1>
{
    public async Task Handle(OrderCancelledV1 cancelled, EventContext context, CancellationToken cancellationToken)
    {
        if (await mail.WasPlacedHereAsync(cancelled.OrderId, context, cancellationToken))
        {
            await mail.SendAsync(
                new(MailKind.Cancelled, cancelled.OrderId, cancelled.CustomerName, cancelled.CustomerEmail)
                {
                    Reason = cancelled.Reason,
                    Lines = cancelled.Items,
                },
                context,
                cancellationToken
            );
        }
    }
}
