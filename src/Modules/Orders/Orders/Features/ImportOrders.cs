using System.Security.Cryptography;
using System.Text.Json;
using BuildingBlocks.Application;
using BuildingBlocks.Reference;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Orders.Contracts;
using Orders.Contracts.Commands;
using Orders.Domain;
using Orders.Persistence;

namespace Orders.Features;

internal sealed class ImportOrdersValidator : AbstractValidator<ImportOrders>
{
    private const int MaxOrders = 1_000;

    public ImportOrdersValidator(ReferenceData reference, TimeProvider clock)
    {
        RuleFor(import => import.Source)
            .NotEmpty()
            .MaximumLength(50)
            .Must(PlaceOrderRequest.IsKey)
            .WithMessage("A source is visible ASCII.");
        RuleFor(import => import.Orders)
            .NotEmpty()
            .Must(orders => orders.Count <= MaxOrders)
            .WithMessage($"Import at most {MaxOrders} orders at once.")
            .Must(orders => orders.DistinctBy(order => order.Reference, StringComparer.Ordinal).Count() == orders.Count)
            .WithMessage("Name each order once.");
        RuleForEach(import => import.Orders)
            .ChildRules(order =>
            {
                order.RuleFor(o => o.OrderId).NotEmpty();
                order
                    .RuleFor(o => o.Reference)
                    .NotEmpty()
                    .MaximumLength(100)
                    .Must(PlaceOrderRequest.IsKey)
                    .WithMessage("A reference is visible ASCII.");
                order.RuleFor(o => o.CustomerId).NotEmpty();
                order.RuleFor(o => o.CustomerName).Visible().MaximumLength(200);
                order.RuleFor(o => o.CustomerEmail).Visible().MaximumLength(254);
                order.RuleFor(o => o.CustomerCountry).NotEmpty().CountryCode(reference);
                order.RuleFor(o => o.Currency).NotEmpty().CurrencyCode(reference);
                order
                    .RuleFor(o => o.At)
                    .Must(at => at != default && at <= clock.GetUtcNow())
                    .WithMessage("The time of an imported order is not in the future.");
                order.RuleFor(o => o.Lines).NotEmpty();

                // One rule for all lines: there are half a million of them, and rules of their own would cost more than
                // storing them.
                order
                    .RuleFor(o => o.Lines)
                    .Must(lines => lines.All(IsValid))
                    .WithMessage("A line has a SKU, a name, 1 or more pieces and no negative price.");
                order
                    .RuleFor(o => o.Lines)
                    .Must(lines =>
                        lines.Aggregate(Int128.Zero, (sum, line) => sum + ((Int128)line.UnitPriceMinor * line.Quantity))
                        <= Order.MaxTotalMinor
                    )
                    .WithMessage(OrderErrors.TotalTooLarge.Detail);
            });
    }

    private static bool IsValid(OrderLine line) =>
        line is { Sku.Length: <= 64, ProductName.Length: <= 200, Quantity: > 0, UnitPriceMinor: >= 0 }
        && TextRules.IsVisible(line.Sku)
        && TextRules.IsVisible(line.ProductName);
}

internal sealed class ImportOrdersHandler(OrdersDbContext db) : IModuleCommandHandler<ImportOrders, ImportOrdersAnswer>
{
    public async Task<Result<ImportOrdersAnswer>> Handle(ImportOrders command, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.OneImportAtATime(cancellationToken);
        var fingerprints = await KnownAsync(command, cancellationToken);
        List<string> differing = [];
        foreach (var import in command.Orders)
        {
            var (key, fingerprint) = (KeyOf(command, import), FingerprintOf(import));
            if (!fingerprints.TryGetValue(key, out var known))
            {
                Take(import, key, fingerprint);
            }
            else if (!string.Equals(known, fingerprint, StringComparison.Ordinal))
            {
                differing.Add(import.Reference);
            }
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ImportOrdersAnswer(
            command.Orders.Count - fingerprints.Count,
            fingerprints.Count - differing.Count,
            differing
        );
    }

    private void Take(ImportedOrder import, string key, string fingerprint)
    {
        var order = Order.Import(import);
        order.PlacedThrough(sender: null, key, fingerprint);
        var confirmed = order.Confirm(import.At);
        db.Add(order);
        db.Publish(
            import.IsReturn ? order.Cancel("returned", import.At) : confirmed with { FulfilledElsewhere = true }
        );
    }

    /// <summary>
    /// The fingerprints of those that are here, by their keys: an import is one more sender whose requests may be
    /// repeated.
    /// </summary>
    private Task<Dictionary<string, string>> KnownAsync(ImportOrders command, CancellationToken cancellationToken)
    {
        var keys = command.Orders.Select(order => KeyOf(command, order)).ToList();
        return db
            .Orders.Where(order => order.PlacedBy == null && keys.Contains(order.IdempotencyKey!))
            .Select(order => new { Key = order.IdempotencyKey!, Fingerprint = order.RequestFingerprint! })
            .ToDictionaryAsync(
                order => order.Key,
                order => order.Fingerprint,
                StringComparer.Ordinal,
                cancellationToken
            );
    }

    private static string KeyOf(ImportOrders command, ImportedOrder order) => $"{command.Source}:{order.Reference}";

    private static string FingerprintOf(ImportedOrder order) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(order)));
}
