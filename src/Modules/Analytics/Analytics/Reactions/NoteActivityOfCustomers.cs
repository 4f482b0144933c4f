using Analytics.Domain;
using Analytics.Persistence;
using BuildingBlocks.Messaging;
using Customers.Contracts;

namespace Analytics.Reactions;

internal sealed class NoteActivityOfCustomers(AnalyticsDbContext db)
    : IReaction<CustomerRegisteredV1>, IReaction<CustomerProfileUpdatedV1>, IReaction<CustomerCountryChangedV1>, IReaction<CustomerAddressUpdatedV1>
{
    public Task Handle(CustomerRegisteredV1 registered, EventContext context, CancellationToken cancellationToken) => Note(context, registered.CustomerId);

    public Task Handle(CustomerProfileUpdatedV1 updated, EventContext context, CancellationToken cancellationToken) => Note(context, updated.CustomerId);

    public Task Handle(CustomerCountryChangedV1 changed, EventContext context, CancellationToken cancellationToken) => Note(context, changed.CustomerId);

    public Task Handle(CustomerAddressUpdatedV1 updated, EventContext context, CancellationToken cancellationToken) => Note(context, updated.CustomerId);

    private Task Note(EventContext context, Guid customerId)
    {
        db.Add(Activity.Of(context, customerId));
        return Task.CompletedTask;
    }
}
