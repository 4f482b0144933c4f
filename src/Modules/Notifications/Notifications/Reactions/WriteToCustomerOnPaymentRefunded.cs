using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Notifications.Domain;
using Notifications.Mailing;
using Payments.Contracts;

namespace Notifications.Reactions;

/// <summary>Says what was given back; nothing when nothing had been charged.</summary>
internal sealed class WriteToCustomerOnPaymentRefunded(CustomerMail mail) : IOutboundReaction<PaymentRefundedV1>
{
    public Task Handle(PaymentRefundedV1 refunded, EventContext context, CancellationToken cancellationToken) =>
        refunded.AmountMinor == 0
            ? Task.CompletedTask
            : mail.SendAsync(
                new(MailKind.Refunded, refunded.OrderId, Name: null, Email: null)
                {
                    Amount = (refunded.AmountMinor, refunded.Currency),
                },
                context,
                cancellationToken
            );
}
