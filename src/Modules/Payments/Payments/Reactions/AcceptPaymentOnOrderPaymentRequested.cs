using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Microsoft.EntityFrameworkCore;
using Orders.Contracts;
using Payments.Domain;
using Payments.Persistence;
using Payments.Processing;

namespace Payments.Reactions;

internal sealed class AcceptPaymentOnOrderPaymentRequested(
    PaymentsDbContext db,
    PaymentSignal signal,
    TimeProvider clock
) : IReaction<OrderPaymentRequestedV1>
{
    public async Task Handle(
        OrderPaymentRequestedV1 requested,
        EventContext context,
        CancellationToken cancellationToken
    )
    {
        var known = await db.Payments.SingleOrDefaultAsync(
            payment => payment.OrderId == requested.OrderId,
            cancellationToken
        );
        if (known is null)
        {
            db.Add(Payment.For(requested, context.ToOrigin(), clock.GetUtcNow()));
            db.OnceCommitted(signal.Raise);
        }
        else if (known.WasNeverAskedFor)
        {
            db.Publish(known.RequestedTooLate());
        }

        // Asked twice, an order is still charged once, and has its answer or will get it.
    }
}
