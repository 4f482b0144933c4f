using Analytics.Domain;
using Analytics.Persistence;
using BuildingBlocks.Messaging;
using Payments.Contracts;

namespace Analytics.Reactions;

internal sealed class NoteActivityOfPayments(AnalyticsDbContext db)
    : IReaction<PaymentCapturedV1>, IReaction<PaymentDeclinedV1>, IReaction<PaymentRefundedV1>
{
    public Task Handle(PaymentCapturedV1 captured, EventContext context, CancellationToken cancellationToken) =>
        Note(Activity.Of(context, captured.OrderId, captured.AmountMinor, captured.Currency));

    public Task Handle(PaymentDeclinedV1 declined, EventContext context, CancellationToken cancellationToken) =>
        Note(Activity.Of(context, declined.OrderId));

    public Task Handle(PaymentRefundedV1 refunded, EventContext context, CancellationToken cancellationToken) =>
        Note(Activity.Of(context, refunded.OrderId, refunded.AmountMinor, refunded.Currency));

    private Task Note(Activity activity)
    {
        db.Add(activity);
        return Task.CompletedTask;
    }
}
