using BuildingBlocks.Application;
using Microsoft.EntityFrameworkCore;
using Payments.Contracts.Queries;
using Payments.Persistence;

namespace Payments.Queries;

internal sealed class DescribePaymentHandler(PaymentsDbContext db)
    : IModuleQueryHandler<DescribePayment, PaymentDescription>
{
    public async Task<PaymentDescription?> Handle(DescribePayment query, CancellationToken cancellationToken)
    {
        var payment = await db
            .Payments.AsNoTracking()
            .SingleOrDefaultAsync(payment => payment.OrderId == query.OrderId, cancellationToken);
        return payment is null || payment.WasNeverAskedFor
            ? null
            : new(
                payment.Id,
                payment.CustomerUserId,
                payment.Status.ToString().ToLowerInvariant(),
                payment.Currency,
                payment.AmountMinor,
                payment.Refund?.AmountMinor ?? 0,
                payment.DeclineReason
            );
    }
}
