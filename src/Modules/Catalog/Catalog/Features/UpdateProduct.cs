using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Catalog.Domain;
using Catalog.Persistence;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Catalog.Features;

/// <summary>Renames a product or moves it to another category, which is made when nobody has used it yet.</summary>
/// <param name="Sku" example="NW-003">In any case.</param>
/// <param name="Name">Up to 200 characters.</param>
/// <param name="Category">The category's name in any case, up to 100 characters.</param>
internal sealed record UpdateProduct(string Sku, string Name, string Category) : ICommand;

/// <param name="Name" example="Aniseed Syrup">Up to 200 characters.</param>
/// <param name="Category" example="Condiments">The category's name in any case.</param>
internal sealed record ProductDescription(string Name, string Category);

internal sealed class UpdateProductValidator : AbstractValidator<UpdateProduct>
{
    public UpdateProductValidator()
    {
        RuleFor(product => product.Sku).Must(Sku.IsValid).WithMessage(Sku.Rule);
        RuleFor(product => product.Name).NotEmpty().MaximumLength(Product.MaxNameLength);
        RuleFor(product => product.Category).NotEmpty().MaximumLength(Category.MaxNameLength);
    }
}

internal sealed class UpdateProductHandler(CatalogDbContext db) : ICommandHandler<UpdateProduct>
{
    public async Task<Result> Handle(UpdateProduct command, CancellationToken cancellationToken)
    {
        if (await db.Products.FindAsync([Sku.Normalize(command.Sku)], cancellationToken) is not { } product)
        {
            return ProductErrors.Unknown;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var category = await db.CategoryNamedAsync(command.Category, cancellationToken);
        if (product.Describe(command.Name, category) is { } updated)
        {
            db.Publish(updated);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Result.Done;
    }
}

internal sealed class UpdateProductEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut(
                "/catalog/products/{sku}",
                (string sku, ProductDescription body, Sender sender, CancellationToken ct) =>
                    sender.NoContent(new UpdateProduct(sku, body.Name, body.Category), ct)
            )
            .RequireAuthorization(Policies.Admin)
            .Refuses(ProductErrors.Unknown);
}
