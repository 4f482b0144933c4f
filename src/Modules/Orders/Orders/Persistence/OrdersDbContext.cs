using BuildingBlocks.EventLog.Publishing;
using Microsoft.EntityFrameworkCore;
using Orders.Domain;

namespace Orders.Persistence;

/// <summary>The DbContext of the Orders schema.</summary>
internal sealed class OrdersDbContext(DbContextOptions<OrdersDbContext> options) : ModuleDbContext(options, "orders")
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<Customer> Customers => Set<Customer>();

    public DbSet<Product> Products => Set<Product>();

    /// <summary>The copy of a customer; made when this is the first we hear of them.</summary>
    public async ValueTask<Customer> CopyOfCustomer(Guid customerId, CancellationToken cancellationToken) =>
        await Customers.FindAsync([customerId], cancellationToken) ?? Customers.Add(new(customerId)).Entity;

    /// <summary>The copy of a product; made when this is the first we hear of it.</summary>
    public async ValueTask<Product> CopyOfProduct(string sku, CancellationToken cancellationToken) =>
        await Products.FindAsync([sku], cancellationToken) ?? Products.Add(new(sku)).Entity;

    /// <summary>The copies of products by SKU; made of those we hear of first.</summary>
    public async Task<IReadOnlyDictionary<string, Product>> CopiesOfProducts(
        IEnumerable<string> skus,
        CancellationToken cancellationToken
    )
    {
        var wanted = skus.ToHashSet(StringComparer.Ordinal);
        var copies = await Products
            .Where(product => wanted.Contains(product.Sku))
            .ToDictionaryAsync(product => product.Sku, StringComparer.Ordinal, cancellationToken);
        foreach (var sku in wanted.Where(sku => !copies.ContainsKey(sku)))
        {
            copies.Add(sku, Products.Add(new(sku)).Entity);
        }

        return copies;
    }
}
