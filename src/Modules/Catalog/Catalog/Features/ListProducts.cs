using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Catalog.Domain;
using Catalog.Persistence;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Catalog.Features;

/// <summary>Lists products in the order of their SKUs, page by page, to anybody.</summary>
/// <param name="Category">The category's name in any case; null for all.</param>
/// <param name="After">The <c>next</c> of the page before; null for the first page.</param>
/// <param name="Limit">1 to 200, 50 when not given.</param>
internal sealed record ListProducts(string? Category, string? After, int? Limit) : IQuery<ProductPage>
{
    public const int DefaultLimit = 50;

    public const int MaxLimit = 200;
}

/// <param name="Next">What to send as <c>after</c> for the next page; null on the last.</param>
internal sealed record ProductPage(IReadOnlyList<ProductDetails> Items, string? Next);

internal sealed class ListProductsValidator : AbstractValidator<ListProducts>
{
    public ListProductsValidator()
    {
        RuleFor(list => list.Category).MaximumLength(Domain.Category.MaxNameLength);
        RuleFor(list => list.After).Must(Sku.IsValid!).WithMessage(Sku.Rule).When(list => list.After is not null);
        RuleFor(list => list.Limit).InclusiveBetween(1, ListProducts.MaxLimit);
    }
}

internal sealed class ListProductsHandler(CatalogDbContext db) : IQueryHandler<ListProducts, ProductPage>
{
    public async Task<Result<ProductPage>> Handle(ListProducts query, CancellationToken cancellationToken)
    {
        var limit = query.Limit ?? ListProducts.DefaultLimit;
        var products = db.Products.AsQueryable();
        if (query.Category is { } category)
        {
            var names = db.Database.SqlQuery<string>(
                $"select name as \"Value\" from categories where lower(name) = lower({category.Trim()})"
            );
            products = products.Where(product => names.Contains(product.Category));
        }

        if (query.After is not null)
        {
            var after = Sku.Normalize(query.After);
            products = products.Where(product => string.Compare(product.Sku, after) > 0);
        }

        var found = await products
            .OrderBy(product => product.Sku)
            .Take(limit + 1)
            .Select(ProductDetails.Of)
            .ToListAsync(cancellationToken);
        return found.Count > limit
            ? new ProductPage(found[..limit], found[limit - 1].Sku)
            : new ProductPage(found, Next: null);
    }
}

internal sealed class ListProductsEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/catalog/products",
                (string? category, string? after, int? limit, Sender sender, CancellationToken ct) =>
                    sender.Ok(new ListProducts(category, after, limit), ct)
            )
            .AllowAnonymous();
}
