using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using Customers.Domain;
using Customers.Persistence;
using Microsoft.EntityFrameworkCore;
using Users.Contracts;

namespace Customers.Reactions;

/// <summary>
/// Whoever signs up can buy: they get a customer of their own id, without country and address until they add them.
/// </summary>
internal sealed class OpenCustomerOnUserRegistered(CustomersDbContext db, TimeProvider clock)
    : IReaction<UserRegisteredV1>
{
    public async Task Handle(UserRegisteredV1 registered, EventContext context, CancellationToken cancellationToken)
    {
        var isStaff = !string.Equals(registered.Role, Roles.User, StringComparison.Ordinal);
        if (isStaff || await db.Customers.AnyAsync(customer => customer.Id == registered.UserId, cancellationToken))
        {
            return;
        }

        var customer = Customer.Register(
            registered.UserId,
            registered.UserId,
            registered.Name,
            registered.Email,
            country: null,
            address: null,
            clock.GetUtcNow()
        );
        db.Add(customer);
        db.Publish(customer.ToRegisteredV1());
    }
}
