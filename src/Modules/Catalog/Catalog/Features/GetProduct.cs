using System.Linq.Expressions;
using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Catalog.Domain;
using Catalog.Persistence;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Catalog.Features;

/// <summary>Shows one product to anybody, also one that is not sold any more.</summary>
/// <param name="Sku" example="NW-003">In any case.</param>
internal sealed record GetProduct(string Sku) : IQuery<ProductDetails>;

/// <param name="PriceMinor">For one piece, in the currency's minor unit, taxes included.</param>
/// <param name="Discontinued">True when it is not sold any more.</param>
internal sealed record ProductDetails(
    string Sku,
    string Name,
    string Category,
    long PriceMinor,
    string Currency,
    bool Discontinued
)
{
    public static Expression<Func<Product, ProductDetails>> Of { get; } =
        product =>
            new(
                product.Sku,
                product.Name,
                product.Category,
                product.PriceMinor,
                product.Currency,
                product.Discontinued
            );
}

internal sealed class GetProductValidator : AbstractValidator<GetProduct>
{
    public GetProductValidator() => RuleFor(query => query.Sku).Must(Sku.IsValid).WithMessage(Sku.Rule);
}

internal sealed class GetProductHandler(CatalogDbContext db) : IQueryHandler<GetProduct, ProductDetails>
{
    public async Task<Result<ProductDetails>> Handle(GetProduct query, CancellationToken cancellationToken)
    {
        var sku = Sku.Normalize(query.Sku);
        var product = await db
            .Products.Where(product => product.Sku == sku)
            .Select(ProductDetails.Of)
            .SingleOrDefaultAsync(cancellationToken);
        return product is null ? ProductErrors.Unknown : product;
    }
}

internal sealed class GetProductEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/catalog/products/{sku}", (string sku, Sender sender, CancellationToken ct) =>
                sender.Ok(new GetProduct(sku), ct)
            )
            .AllowAnonymous()
            .Refuses(ProductErrors.Unknown);
}
