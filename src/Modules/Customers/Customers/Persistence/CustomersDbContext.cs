using BuildingBlocks.EventLog.Publishing;
using Customers.Domain;
using Microsoft.EntityFrameworkCore;

namespace Customers.Persistence;

internal sealed class CustomersDbContext(DbContextOptions<CustomersDbContext> options)
    : ModuleDbContext(options, "customers")
{
    public DbSet<Customer> Customers => Set<Customer>();
}
