using BuildingBlocks.EventLog.Publishing;
using Microsoft.EntityFrameworkCore;
using Shop.Domain;

namespace Shop.Persistence;

internal sealed class ShopDbContext(DbContextOptions<ShopDbContext> options) : ModuleDbContext(options, "shop")
{
    public DbSet<Order> Orders => Set<Order>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>().ToTable("orders").Property(order => order.Id).ValueGeneratedNever();
        base.OnModelCreating(modelBuilder);
    }
}
