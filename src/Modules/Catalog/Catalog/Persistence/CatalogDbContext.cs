using BuildingBlocks.EventLog.Publishing;
using Catalog.Domain;
using Microsoft.EntityFrameworkCore;

namespace Catalog.Persistence;

internal sealed class CatalogDbContext(DbContextOptions<CatalogDbContext> options) : ModuleDbContext(options, "catalog")
{
    public DbSet<Product> Products => Set<Product>();

    public DbSet<Category> Categories => Set<Category>();

    /// <summary>
    /// The name of a category as it is spelt here; the category is made when nobody has used the name yet. In the
    /// transaction the caller began, so that a product that is refused leaves no category behind.
    /// </summary>
    public async Task<string> CategoryNamedAsync(string name, CancellationToken cancellationToken)
    {
        name = name.Trim();
        // Two products may bring the same new category at once: the second waits here for the first, then uses it.
        await Database.ExecuteSqlAsync(
            $"insert into categories (name) values ({name}) on conflict do nothing",
            cancellationToken
        );
        return await Database
            .SqlQuery<string>($"select name as \"Value\" from categories where lower(name) = lower({name})")
            .SingleAsync(cancellationToken);
    }
}
