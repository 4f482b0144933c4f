using Analytics.Domain;
using Analytics.Persistence;
using BuildingBlocks.EventLog.Consuming;
using Customers.Contracts;

namespace Analytics.Reactions;

internal sealed class NoteActivityOfCustomers(AnalyticsDbContext db)
    : IBatchReaction<CustomerRegisteredV1>,
        IBatchReaction<CustomerProfileUpdatedV1>,
        IBatchReaction<CustomerCountryChangedV1>,
        IBatchReaction<CustomerAddressUpdatedV1>
{
    public Task Handle(
        IReadOnlyList<EventWithContext<CustomerRegisteredV1>> events,
        CancellationToken cancellationToken
    ) => Note(events.Select(one => Activity.Of(one.Context, one.Event.CustomerId)));

    public Task Handle(
        IReadOnlyList<EventWithContext<CustomerProfileUpdatedV1>> events,
        CancellationToken cancellationToken
    ) => Note(events.Select(one => Activity.Of(one.Context, one.Event.CustomerId)));

    public Task Handle(
        IReadOnlyList<EventWithContext<CustomerCountryChangedV1>> events,
        CancellationToken cancellationToken
    ) => Note(events.Select(one => Activity.Of(one.Context, one.Event.CustomerId)));

    public Task Handle(
        IReadOnlyList<EventWithContext<CustomerAddressUpdatedV1>> events,
        CancellationToken cancellationToken
    ) => Note(events.Select(one => Activity.Of(one.Context, one.Event.CustomerId)));

    private Task Note(IEnumerable<Activity> activities)
    {
        db.AddRange(activities);
        return Task.CompletedTask;
    }
}
