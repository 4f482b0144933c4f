using Analytics.Persistence;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Customers.Contracts;

namespace Analytics.Reactions;

internal sealed class KnowCountryOnCustomerRegistered(AnalyticsDbContext db) : IReaction<CustomerRegisteredV1>
{
    public Task Handle(CustomerRegisteredV1 registered, EventContext context, CancellationToken cancellationToken) =>
        registered.Country is { } country
            ? db.KnowCountryAsync(registered.CustomerId, country, cancellationToken)
            : Task.CompletedTask;
}
