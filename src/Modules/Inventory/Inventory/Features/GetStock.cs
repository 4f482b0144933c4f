using BuildingBlocks.Application;
using BuildingBlocks.Web;
using FluentValidation;
using Inventory.Domain;
using Inventory.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Inventory.Features;

/// <summary>Tells how much of a product there is, over all warehouses.</summary>
/// <param name="Sku" example="NW-003">In any case.</param>
internal sealed record GetStock(string Sku) : IQuery<Stock>;

/// <param name="OnHand">Pieces that lie there, whoever they are set aside for.</param>
/// <param name="Reserved">Pieces that are set aside for orders.</param>
/// <param name="Available">Pieces that can still be ordered; below zero when fewer were counted than are set
/// aside.</param>
internal sealed record Stock(string Sku, long OnHand, long Reserved, long Available);

internal sealed class GetStockValidator : AbstractValidator<GetStock>
{
    public GetStockValidator() => RuleFor(query => query.Sku).Must(Sku.IsValid).WithMessage(Sku.Rule);
}

internal sealed class GetStockHandler(InventoryDbContext db) : IQueryHandler<GetStock, Stock>
{
    public async Task<Result<Stock>> Handle(GetStock query, CancellationToken cancellationToken)
    {
        var sku = Sku.Normalize(query.Sku);
        var stock = await db
            .StockLevels.Where(level => level.Sku == sku)
            .GroupBy(
                level => level.Sku,
                (_, levels) =>
                    new
                    {
                        OnHand = levels.Sum(level => (long)level.OnHand),
                        Reserved = levels.Sum(level => (long)level.Reserved),
                    }
            )
            .SingleOrDefaultAsync(cancellationToken);
        return stock is null
            ? StockErrors.NoSuchSku
            : new Stock(sku, stock.OnHand, stock.Reserved, stock.OnHand - stock.Reserved);
    }
}

internal sealed class GetStockEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/inventory/stock/{sku}", (string sku, Sender sender, CancellationToken ct) =>
                sender.Ok(new GetStock(sku), ct)
            )
            .RequireAuthorization(Policies.Customer)
            .Refuses(StockErrors.NoSuchSku);
}
