using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Catalog.Domain;
using Catalog.Persistence;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Catalog.Features;

/// <summary>Takes a product off sale for ever; doing it again changes nothing.</summary>
/// <param name="Sku" example="NW-003">In any case.</param>
internal sealed record DiscontinueProduct(string Sku) : ICommand;

internal sealed class DiscontinueProductValidator : AbstractValidator<DiscontinueProduct>
{
    public DiscontinueProductValidator() => RuleFor(product => product.Sku).Must(Sku.IsValid).WithMessage(Sku.Rule);
}

internal sealed class DiscontinueProductHandler(CatalogDbContext db) : ICommandHandler<DiscontinueProduct>
{
    public async Task<Result> Handle(DiscontinueProduct command, CancellationToken cancellationToken)
    {
        if (await db.Products.FindAsync([Sku.Normalize(command.Sku)], cancellationToken) is not { } product)
        {
            return ProductErrors.Unknown;
        }

        if (product.Discontinue() is { } discontinued)
        {
            db.Publish(discontinued);
        }

        await db.SaveChangesAsync(cancellationToken);
        return Result.Done;
    }
}

internal sealed class DiscontinueProductEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/catalog/products/{sku}/discontinue", (string sku, Sender sender, CancellationToken ct) =>
                sender.NoContent(new DiscontinueProduct(sku), ct)
            )
            .RequireAuthorization(Policies.Admin)
            .Refuses(ProductErrors.Unknown);
}
