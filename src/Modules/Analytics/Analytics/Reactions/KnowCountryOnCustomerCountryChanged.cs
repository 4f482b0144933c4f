using Analytics.Persistence;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Customers.Contracts;

namespace Analytics.Reactions;

internal sealed class KnowCountryOnCustomerCountryChanged(AnalyticsDbContext db) : IReaction<CustomerCountryChangedV1>
{
    public Task Handle(CustomerCountryChangedV1 changed, EventContext context, CancellationToken cancellationToken) =>
        db.KnowCountryAsync(changed.CustomerId, changed.Country, cancellationToken);
}
