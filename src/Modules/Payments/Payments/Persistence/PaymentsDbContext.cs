using BuildingBlocks.EventLog.Publishing;
using Microsoft.EntityFrameworkCore;
using Payments.Domain;

namespace Payments.Persistence;

/// <summary>The DbContext of the Payments schema.</summary>
internal sealed class PaymentsDbContext(DbContextOptions<PaymentsDbContext> options)
    : ModuleDbContext(options, "payments")
{
    public DbSet<Payment> Payments => Set<Payment>();

    public DbSet<PaymentAttempt> Attempts => Set<PaymentAttempt>();

    /// <summary>
    /// The payment of an order, as it was last committed, kept from others until the transaction ends; null when there
    /// is none.
    /// </summary>
    public async Task<Payment?> LockOfOrder(Guid orderId, CancellationToken cancellationToken) =>
        (
            await Payments
                .FromSql($"select *, xmin from payments where order_id = {orderId} for update")
                .ToListAsync(cancellationToken)
        ).SingleOrDefault();

    /// <summary>An attempt and its payment, as they were last committed.</summary>
    public async Task<(Payment Payment, PaymentAttempt Attempt)> AsCommitted(PaymentAttempt attempt)
    {
        var found = await Payments
            .Where(payment => payment.Id == attempt.PaymentId)
            .Join(
                Attempts.Where(known => known.Number == attempt.Number),
                payment => payment.Id,
                known => known.PaymentId,
                (payment, known) => new { payment, known }
            )
            .SingleAsync();
        return (found.payment, found.known);
    }

    /// <summary>
    /// Payments that are due and in nobody's hands, oldest first, kept from others until the transaction ends.
    /// </summary>
    public Task<List<Payment>> LockDue(DateTimeOffset now, int count, CancellationToken cancellationToken) =>
        Payments
            .FromSql(
                $"""
                select *, xmin from payments
                where due_at <= {now} and (lease_until is null or lease_until <= {now})
                order by due_at limit {count}
                for update skip locked
                """
            )
            .ToListAsync(cancellationToken);
}
