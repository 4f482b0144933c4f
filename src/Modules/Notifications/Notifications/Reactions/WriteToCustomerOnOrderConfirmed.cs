using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Notifications.Domain;
using Notifications.Mailing;
using Orders.Contracts;

namespace Notifications.Reactions;

/// <summary>Thanks for the order, unless its goods went out long ago, before it was imported.</summary>
internal sealed class WriteToCustomerOnOrderConfirmed(CustomerMail mail) : IOutboundReaction<OrderConfirmedV2>
{
    public Task Handle(OrderConfirmedV2 confirmed, EventContext context, CancellationToken cancellationToken) =>
        confirmed.FulfilledElsewhere
            ? Task.CompletedTask
            : mail.SendAsync(
                new(MailKind.Confirmed, confirmed.OrderId, confirmed.CustomerName, confirmed.CustomerEmail)
                {
                    Amount = (confirmed.TotalMinor, confirmed.Currency),
                    Lines = confirmed.Items,
                },
                context,
                cancellationToken
            );
}
