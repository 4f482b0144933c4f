using BuildingBlocks.Application;
using BuildingBlocks.Reference;
using BuildingBlocks.Web;
using Catalog.Domain;
using Catalog.Persistence;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Catalog.Features;

/// <summary>Sets what a product costs from now on. Setting it to what it is changes nothing and tells nobody.</summary>
/// <param name="Sku" example="NW-003">In any case.</param>
/// <param name="PriceMinor">For one piece, in the currency's minor unit, taxes included; 0 to
/// 1,000,000,000,000.</param>
/// <param name="Currency">ISO 4217 code of a currency that has minor units.</param>
internal sealed record ChangePrice(string Sku, long? PriceMinor, string Currency) : ICommand;

/// <param name="PriceMinor" example="1050">For one piece, in the currency's minor unit, taxes included.</param>
/// <param name="Currency" example="USD">ISO 4217 code.</param>
internal sealed record NewPrice(long? PriceMinor, string Currency);

internal sealed class ChangePriceValidator : AbstractValidator<ChangePrice>
{
    public ChangePriceValidator(ReferenceData reference)
    {
        RuleFor(price => price.Sku).Must(Sku.IsValid).WithMessage(Sku.Rule);
        RuleFor(price => price.PriceMinor).NotNull().InclusiveBetween(0, Product.MaxPriceMinor);
        RuleFor(price => price.Currency).NotEmpty().CurrencyCode(reference);
    }
}

internal sealed class ChangePriceHandler(CatalogDbContext db) : ICommandHandler<ChangePrice>
{
    public async Task<Result> Handle(ChangePrice command, CancellationToken cancellationToken)
    {
        if (await db.Products.FindAsync([Sku.Normalize(command.Sku)], cancellationToken) is not { } product)
        {
            return ProductErrors.Unknown;
        }

        if (product.ChangePrice(command.PriceMinor!.Value, command.Currency) is { } changed)
        {
            db.Publish(changed);
        }

        await db.SaveChangesAsync(cancellationToken);
        return Result.Done;
    }
}

internal sealed class ChangePriceEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut("/catalog/products/{sku}/price", (string sku, NewPrice body, Sender sender, CancellationToken ct) =>
                sender.NoContent(new ChangePrice(sku, body.PriceMinor, body.Currency), ct)
            )
            .RequireAuthorization(Policies.Admin)
            .Refuses(ProductErrors.Unknown);
}
