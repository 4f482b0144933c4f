using Analytics.Domain;
using Analytics.Persistence;
using BuildingBlocks.EventLog.Consuming;
using Payments.Contracts;

namespace Analytics.Reactions;

internal sealed class NoteActivityOfPayments(AnalyticsDbContext db)
    : IBatchReaction<PaymentCapturedV1>,
        IBatchReaction<PaymentDeclinedV1>,
        IBatchReaction<PaymentRefundedV1>
{
    public Task Handle(
        IReadOnlyList<EventWithContext<PaymentCapturedV1>> events,
        CancellationToken cancellationToken
    ) =>
        Note(
            events.Select(one => Activity.Of(one.Context, one.Event.OrderId, one.Event.AmountMinor, one.Event.Currency))
        );

    public Task Handle(
        IReadOnlyList<EventWithContext<PaymentDeclinedV1>> events,
        CancellationToken cancellationToken
    ) => Note(events.Select(one => Activity.Of(one.Context, one.Event.OrderId)));

    public Task Handle(
        IReadOnlyList<EventWithContext<PaymentRefundedV1>> events,
        CancellationToken cancellationToken
    ) =>
        Note(
            events.Select(one => Activity.Of(one.Context, one.Event.OrderId, one.Event.AmountMinor, one.Event.Currency))
        );

    private Task Note(IEnumerable<Activity> activities)
    {
        db.AddRange(activities);
        return Task.CompletedTask;
    }
}
