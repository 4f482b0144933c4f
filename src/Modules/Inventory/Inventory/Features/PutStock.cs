using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Freshness;
using BuildingBlocks.Web;
using FluentValidation;
using Inventory.Domain;
using Inventory.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Inventory.Features;

/// <summary>
/// Says how many pieces of a product lie in a warehouse. It is a count, not a wish: it may find fewer than are set
/// aside for orders. A warehouse comes into being with its first count.
/// </summary>
/// <param name="Sku" example="NW-003">In any case.</param>
/// <param name="Warehouse">1 to 20 characters of A-Z 0-9 - in any case; stored in upper case.</param>
/// <param name="OnHand">0 to 100,000,000.</param>
internal sealed record PutStock(string Sku, string Warehouse, int? OnHand) : ICommand<CountedStock>;

/// <param name="Warehouse" example="MAIN">1 to 20 characters of A-Z 0-9 - in any case.</param>
/// <param name="OnHand" example="100">0 to 100,000,000.</param>
internal sealed record StockCount(string Warehouse, int? OnHand);

/// <param name="Reserved">Pieces in this warehouse that are set aside for orders.</param>
/// <param name="Available">What is left of <paramref name="OnHand"/>; below zero when fewer were counted than are set
/// aside.</param>
internal sealed record CountedStock(string Sku, string Warehouse, int OnHand, int Reserved, int Available);

internal sealed class PutStockValidator : AbstractValidator<PutStock>
{
    public PutStockValidator()
    {
        RuleFor(stock => stock.Sku).Must(Domain.Sku.IsValid).WithMessage(Domain.Sku.Rule);
        RuleFor(stock => stock.Warehouse)
            .NotEmpty()
            .Must(Domain.Warehouse.IsCode)
            .WithMessage(Domain.Warehouse.CodeRule);
        RuleFor(stock => stock.OnHand).NotNull().InclusiveBetween(0, StockLevel.MaxOnHand);
    }
}

internal sealed class PutStockHandler(InventoryDbContext db, CatchUp catchUp, TimeProvider clock)
    : ICommandHandler<PutStock, CountedStock>
{
    public async Task<Result<CountedStock>> Handle(PutStock command, CancellationToken cancellationToken)
    {
        var sku = Sku.Normalize(command.Sku);
        var warehouse = Warehouse.NormalizeCode(command.Warehouse);
        if (!await IsKnownAsync(sku, cancellationToken))
        {
            return StockErrors.UnknownSku;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.OpenLevelAsync(sku, warehouse, cancellationToken);
        var level = (await db.LockLevelsAsync([sku], cancellationToken)).Single(level =>
            string.Equals(level.Warehouse, warehouse, StringComparison.Ordinal)
        );
        if (level.Count(command.OnHand!.Value, clock.GetUtcNow()) is { } adjusted)
        {
            db.Publish(adjusted);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new CountedStock(sku, warehouse, level.OnHand, level.Reserved, level.Available);
    }

    private async Task<bool> IsKnownAsync(string sku, CancellationToken cancellationToken)
    {
        if (await HasLevelAsync(sku, cancellationToken))
        {
            return true;
        }

        // Whoever has just added the product may be faster than its announcement.
        await catchUp.With(db, "catalog", cancellationToken);
        return await HasLevelAsync(sku, cancellationToken);
    }

    private Task<bool> HasLevelAsync(string sku, CancellationToken cancellationToken) =>
        db.StockLevels.AnyAsync(level => level.Sku == sku, cancellationToken);
}

internal sealed class PutStockEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut("/inventory/stock/{sku}", (string sku, StockCount body, Sender sender, CancellationToken ct) =>
                sender.Ok(new PutStock(sku, body.Warehouse, body.OnHand), ct)
            )
            .RequireAuthorization(Policies.Admin)
            .Refuses(StockErrors.UnknownSku);
}
