using BuildingBlocks.Application;
using BuildingBlocks.Reference;
using BuildingBlocks.Web;
using Catalog.Domain;
using Catalog.Persistence;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Catalog.Features;

/// <summary>Puts a product on sale. A category that nobody has used yet is made with it.</summary>
/// <param name="Sku" example="TEA-001">1 to 40 characters of A-Z 0-9 . _ - in any case; stored in upper case;
/// unique.</param>
/// <param name="Name" example="Assam 500 g">Up to 200 characters.</param>
/// <param name="Category" example="Teas">The category's name in any case, up to 100 characters.</param>
/// <param name="PriceMinor" example="799">For one piece, in the currency's minor unit, taxes included; 0 to
/// 1,000,000,000,000.</param>
/// <param name="Currency" example="USD">ISO 4217 code of a currency that has minor units.</param>
internal sealed record AddProduct(string Sku, string Name, string Category, long? PriceMinor, string Currency)
    : ICommand<AddedProduct>;

internal sealed record AddedProduct(string Sku);

internal sealed class AddProductValidator : AbstractValidator<AddProduct>
{
    public AddProductValidator(ReferenceData reference)
    {
        RuleFor(product => product.Sku).NotEmpty().Must(Domain.Sku.IsValid).WithMessage(Domain.Sku.Rule);
        RuleFor(product => product.Name).NotEmpty().MaximumLength(Product.MaxNameLength);
        RuleFor(product => product.Category).NotEmpty().MaximumLength(Domain.Category.MaxNameLength);
        RuleFor(product => product.PriceMinor).NotNull().InclusiveBetween(0, Product.MaxPriceMinor);
        RuleFor(product => product.Currency).NotEmpty().CurrencyCode(reference);
    }
}

internal sealed class AddProductHandler(CatalogDbContext db) : ICommandHandler<AddProduct, AddedProduct>
{
    public async Task<Result<AddedProduct>> Handle(AddProduct command, CancellationToken cancellationToken)
    {
        var sku = Sku.Normalize(command.Sku);
        if (await db.Products.AnyAsync(product => product.Sku == sku, cancellationToken))
        {
            return ProductErrors.SkuTaken;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var category = await db.CategoryNamedAsync(command.Category, cancellationToken);
        var product = Product.Add(sku, command.Name, category, command.PriceMinor!.Value, command.Currency);
        db.Add(product);
        db.Publish(product.ToAddedV1());
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new AddedProduct(product.Sku);
    }
}

internal sealed class AddProductEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/catalog/products", (AddProduct command, Sender sender, CancellationToken ct) =>
                sender.Created(command, added => $"/catalog/products/{added.Sku}", ct)
            )
            .RequireAuthorization(Policies.Admin)
            .Refuses(ProductErrors.SkuTaken);
}
