using BuildingBlocks.EventLog.Publishing;
using Microsoft.EntityFrameworkCore;
using Notifications.Domain;

namespace Notifications.Persistence;

/// <summary>The DbContext of the Notifications schema.</summary>
internal sealed class NotificationsDbContext(DbContextOptions<NotificationsDbContext> options)
    : ModuleDbContext(options, "notifications")
{
    public DbSet<SentMail> Mails => Set<SentMail>();

    public DbSet<KnownOrder> Orders => Set<KnownOrder>();

    public DbSet<KnownCustomer> Customers => Set<KnownCustomer>();

    /// <summary>The copy of a customer; made when this is the first we hear of them.</summary>
    public async ValueTask<KnownCustomer> CopyOfCustomer(Guid customerId, CancellationToken cancellationToken) =>
        await Customers.FindAsync([customerId], cancellationToken) ?? Customers.Add(new(customerId)).Entity;

    /// <summary>Whose an order is, and how they are written to now; null while either is unknown.</summary>
    public Task<KnownCustomer?> CustomerOf(Guid orderId, CancellationToken cancellationToken) =>
        (
            from order in Orders.AsNoTracking()
            join customer in Customers.AsNoTracking() on order.CustomerId equals customer.CustomerId
            where order.OrderId == orderId
            select customer
        ).SingleOrDefaultAsync(cancellationToken);
}
