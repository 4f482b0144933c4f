using BuildingBlocks.Application;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Payments.Domain;
using Payments.Persistence;

namespace Payments.Features;

/// <summary>
/// Shows the payment of an order to the account of its customer and to admins; to others, as if there were none.
/// </summary>
/// <param name="OrderId" example="0198a000-0000-7000-8000-000000000001">As placing the order answered it.</param>
internal sealed record GetPayments(Guid OrderId) : IQuery<GetPaymentsAnswer>;

internal sealed record GetPaymentsAnswer(IReadOnlyList<GetPaymentsItem> Items);

/// <param name="AmountMinor">In the currency's minor unit.</param>
/// <param name="Currency">ISO 4217 code; XXX when the order was called off before it asked to be paid.</param>
/// <param name="Attempts">Calls to the payment provider, refunding included.</param>
/// <param name="RefundedMinor">What was given back.</param>
internal sealed record GetPaymentsItem(
    Guid PaymentId,
    Guid OrderId,
    PaymentStatus Status,
    long AmountMinor,
    string Currency,
    int Attempts,
    long RefundedMinor
);

internal sealed class GetPaymentsValidator : AbstractValidator<GetPayments>
{
    public GetPaymentsValidator() => RuleFor(query => query.OrderId).NotEmpty();
}

internal sealed class GetPaymentsHandler(PaymentsDbContext db, Caller caller)
    : IQueryHandler<GetPayments, GetPaymentsAnswer>
{
    public async Task<Result<GetPaymentsAnswer>> Handle(GetPayments query, CancellationToken cancellationToken)
    {
        var payments = await db
            .Payments.AsNoTracking()
            .Where(payment => payment.OrderId == query.OrderId)
            .ToListAsync(cancellationToken);
        return new GetPaymentsAnswer([
            .. payments
                .Where(payment => caller.MayActFor(payment.CustomerUserId))
                .Select(payment => new GetPaymentsItem(
                    payment.Id,
                    payment.OrderId,
                    payment.Status,
                    payment.AmountMinor,
                    payment.Currency,
                    payment.Attempts,
                    payment.Refund?.AmountMinor ?? 0
                )),
        ]);
    }
}

internal sealed class GetPaymentsEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/payments", (Guid orderId, Sender sender, CancellationToken ct) =>
                sender.Ok(new GetPayments(orderId), ct)
            )
            .RequireAuthorization(Policies.Customer);
}
