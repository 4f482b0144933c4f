using BuildingBlocks.Application;
using BuildingBlocks.Reference;
using Catalog.Contracts.Commands;
using Catalog.Domain;
using Catalog.Persistence;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace Catalog.Features;

internal sealed class ImportProductsValidator : AbstractValidator<ImportProducts>
{
    private const int MaxProducts = 1_000;

    public ImportProductsValidator(ReferenceData reference)
    {
        RuleFor(import => import.Products)
            .NotEmpty()
            .Must(products => products.Count <= MaxProducts)
            .WithMessage($"Import at most {MaxProducts} products at once.");
        RuleForEach(import => import.Products)
            .ChildRules(product =>
            {
                product.RuleFor(p => p.Sku).NotEmpty().Must(Sku.IsValid).WithMessage(Sku.Rule);
                product.RuleFor(p => p.Name).Visible().MaximumLength(Product.MaxNameLength);
                product.RuleFor(p => p.Category).Visible().MaximumLength(Category.MaxNameLength);
                product.RuleFor(p => p.PriceMinor).InclusiveBetween(0, Product.MaxPriceMinor);
                product.RuleFor(p => p.Currency).NotEmpty().CurrencyCode(reference);
            });
        RuleFor(import => import.Products)
            .Must(products =>
                products.DistinctBy(product => Sku.Normalize(product.Sku), StringComparer.Ordinal).Count()
                == products.Count
            )
            .WithMessage("Name each SKU once.")
            .When(import => import.Products?.All(product => product?.Sku is not null) is true);
    }
}

internal sealed class ImportProductsHandler(CatalogDbContext db)
    : IModuleCommandHandler<ImportProducts, ImportProductsAnswer>
{
    public async Task<Result<ImportProductsAnswer>> Handle(ImportProducts command, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.OneImportAtATime(cancellationToken);
        var skus = command.Products.Select(product => Sku.Normalize(product.Sku)).ToList();
        var known = await db
            .Products.Where(product => skus.Contains(product.Sku))
            .Select(product => product.Sku)
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
        Dictionary<string, string> categories = new(StringComparer.OrdinalIgnoreCase);
        foreach (var import in command.Products.Where(import => !known.Contains(Sku.Normalize(import.Sku))))
        {
            if (!categories.TryGetValue(import.Category, out var category))
            {
                category = categories[import.Category] = await db.CategoryNamedAsync(
                    import.Category,
                    cancellationToken
                );
            }

            var product = Product.Add(import.Sku, import.Name, category, import.PriceMinor, import.Currency);
            db.Add(product);
            db.Publish(product.ToAddedV1());
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ImportProductsAnswer(command.Products.Count - known.Count, known.Count);
    }
}
