using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Content.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Content.Features;

/// <summary>Lists all categories to anybody, in the order of their slugs.</summary>
internal sealed record ListCategories : IQuery<CategoryList>;

internal sealed record CategoryList(IReadOnlyList<CategoryDetails> Items);

internal sealed record CategoryDetails(string Slug, string Name);

internal sealed class ListCategoriesHandler(ContentDbContext db) : IQueryHandler<ListCategories, CategoryList>
{
    public async Task<Result<CategoryList>> Handle(ListCategories query, CancellationToken cancellationToken) =>
        new CategoryList(
            await db
                .Categories.OrderBy(category => category.Slug)
                .Select(category => new CategoryDetails(category.Slug, category.Name))
                .ToListAsync(cancellationToken)
        );
}

internal sealed class ListCategoriesEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/content/categories", (Sender sender, CancellationToken ct) => sender.Ok(new ListCategories(), ct))
            .AllowAnonymous();
}
