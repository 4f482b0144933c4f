using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Orders.Contracts;
using Payments.Domain;
using Payments.Persistence;
using Payments.Processing;

namespace Payments.Reactions;

internal sealed class RefundPaymentOnOrderRefundRequested(
    PaymentsDbContext db,
    PaymentSignal signal,
    TimeProvider clock
) : IReaction<OrderRefundRequestedV1>
{
    public async Task Handle(
        OrderRefundRequestedV1 requested,
        EventContext context,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();

        // Locked, because the processor may be about to take it up: either it sees the refund, or we see its attempt.
        var payment = await db.LockOfOrder(requested.OrderId, cancellationToken)
            ?? db.Add(Payment.CalledOff(requested.OrderId, context.ToOrigin(), now)).Entity;
        foreach (var answer in payment.RequestRefund(requested.Reason, context.ToOrigin(), now))
        {
            db.Publish(answer);
        }

        db.OnceCommitted(signal.Raise);
    }
}
