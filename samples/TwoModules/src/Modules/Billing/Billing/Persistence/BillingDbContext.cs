using Billing.Domain;
using BuildingBlocks.EventLog.Publishing;
using Microsoft.EntityFrameworkCore;

namespace Billing.Persistence;

internal sealed class BillingDbContext(DbContextOptions<BillingDbContext> options) : ModuleDbContext(options, "billing")
{
    public DbSet<Invoice> Invoices => Set<Invoice>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Invoice>(invoice =>
        {
            invoice.ToTable("invoices").HasKey(one => one.OrderId);
            invoice.Property(one => one.OrderId).ValueGeneratedNever();
        });
        base.OnModelCreating(modelBuilder);
    }
}
