using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Catalog.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Catalog.Features;

/// <summary>Lists all categories by name, to anybody.</summary>
internal sealed record ListCategories : IQuery<CategoryList>;

internal sealed record CategoryList(IReadOnlyList<CategoryDetails> Items);

/// <param name="Description">Null for a category that so far only products have named.</param>
internal sealed record CategoryDetails(string Name, string? Description);

internal sealed class ListCategoriesHandler(CatalogDbContext db) : IQueryHandler<ListCategories, CategoryList>
{
    public async Task<Result<CategoryList>> Handle(ListCategories query, CancellationToken cancellationToken) =>
        new CategoryList(
            await db
                .Categories.OrderBy(category => category.Name)
                .Select(category => new CategoryDetails(category.Name, category.Description))
                .ToListAsync(cancellationToken)
        );
}

internal sealed class ListCategoriesEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/catalog/categories", (Sender sender, CancellationToken ct) => sender.Ok(new ListCategories(), ct))
            .AllowAnonymous();
}
