using System.Text.Json.Serialization;
using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Freshness;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Orders.Contracts;
using Orders.Domain;
using Orders.Persistence;

namespace Orders.Features;

/// <summary>Accepts a customer's order; the PlaceOrder saga takes it from there.</summary>
/// <param name="CustomerId" example="0198a000-0000-7000-8000-00000000c057">A customer the caller may act for, with
/// country and address.</param>
/// <param name="Currency" example="USD">ISO 4217 code; must be the currency of every product ordered.</param>
/// <param name="Items">1 to 200, each product once.</param>
/// <param name="PaymentToken" example="tok_ok">The payment gateway's single-use stand-in for a card.</param>
internal sealed record PlaceOrder(
    Guid CustomerId,
    string Currency,
    IReadOnlyList<PlaceOrderItem> Items,
    string PaymentToken
) : ICommand<PlacedOrder>
{
    /// <summary>
    /// The header of the same name; sent again with the same order, it answers the first order instead of placing
    /// another.
    /// </summary>
    [JsonIgnore]
    public string? IdempotencyKey { get; init; }
}

/// <summary>How much of a product is wanted.</summary>
/// <param name="Sku" example="NW-003">The stock keeping unit, as the catalog spells it.</param>
/// <param name="Quantity" example="2">Pieces, 1 to 10,000.</param>
internal sealed record PlaceOrderItem(string Sku, int Quantity);

internal sealed record PlacedOrder(Guid OrderId);

internal sealed class PlaceOrderValidator : AbstractValidator<PlaceOrder>
{
    public PlaceOrderValidator()
    {
        RuleFor(order => order.CustomerId).NotEmpty();
        RuleFor(order => order.Currency)
            .NotEmpty()
            .Matches("^[A-Z]{3}\\z")
            .WithMessage("A currency is an ISO 4217 code such as EUR.");
        RuleFor(order => order.PaymentToken).NotEmpty().MaximumLength(200);
        RuleFor(order => order.Items)
            .NotEmpty()
            .WithMessage("Name at least one product.")
            .Must(items => items.Count <= Order.MaxItems)
            .WithMessage($"An order has at most {Order.MaxItems} items; split it.");
        RuleForEach(order => order.Items)
            .NotNull()
            .ChildRules(item =>
            {
                item.RuleFor(i => i.Sku)
                    .NotEmpty()
                    .MaximumLength(64)
                    .Must(sku => !sku.Any(char.IsControl))
                    .WithMessage("A SKU has no control characters.");
                item.RuleFor(i => i.Quantity)
                    .InclusiveBetween(1, Order.MaxQuantity)
                    .WithMessage($"Order 1 to {Order.MaxQuantity} pieces of a product.");
            });
        RuleFor(order => order.Items).Custom(NameEachProductOnce);
    }

    // Adding the quantities up instead could sell somebody twice what they meant to buy.
    private static void NameEachProductOnce(IReadOnlyList<PlaceOrderItem>? items, ValidationContext<PlaceOrder> context)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (var i = 0; i < items?.Count; i++)
        {
            if (items[i]?.Sku is { } sku && !seen.Add(sku))
            {
                context.AddFailure(
                    $"Items[{i}].Sku",
                    "This product stands in an earlier item already. Name each product once, with the whole quantity."
                );
            }
        }
    }
}

internal sealed class PlaceOrderHandler(
    OrdersDbContext db,
    Caller caller,
    CatchUp catchUp,
    IOptions<OrdersOptions> options,
    TimeProvider clock
) : ICommandHandler<PlaceOrder, PlacedOrder>
{
    private const string OneOrderAKey = "orders_placed_by_idempotency_key_key";

    public async Task<Result<PlacedOrder>> Handle(PlaceOrder command, CancellationToken cancellationToken)
    {
        if (command.IdempotencyKey is { } key && !PlaceOrderRequest.IsKey(key))
        {
            return OrderErrors.InvalidIdempotencyKey.At("Idempotency-Key");
        }

        if (await PlacedBefore(command, cancellationToken) is { } answer)
        {
            return answer;
        }

        if (!options.Value.AcceptsPaymentToken(command.PaymentToken))
        {
            return OrderErrors.UnknownPaymentToken.At("paymentToken");
        }

        if ((await Place(command, cancellationToken)).Failed(out _, out var order))
        {
            // Our copies may be milliseconds behind; refuse only by what the other modules knew when they were asked.
            await catchUp.With(db, "customers", cancellationToken);
            await catchUp.With(db, "catalog", cancellationToken);
            if ((await Place(command, cancellationToken)).Failed(out var refusal, out order))
            {
                return refusal;
            }
        }

        order.PlacedThrough(caller.UserId, command.IdempotencyKey, PlaceOrderRequest.FingerprintOf(command));
        db.Add(order);
        db.Publish(order.ToPlacedV1());
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { ConstraintName: OneOrderAKey })
        {
            // The same key was sent twice at once, and the other request was faster.
            db.ChangeTracker.Clear();
            return await PlacedBefore(command, cancellationToken)
                ?? throw new InvalidOperationException("The order that had the key is gone.", e);
        }

        return new PlacedOrder(order.Id);
    }

    private async Task<Result<Order>> Place(PlaceOrder command, CancellationToken cancellationToken)
    {
        var customer = await db
            .Customers.AsNoTracking()
            .SingleOrDefaultAsync(known => known.Id == command.CustomerId, cancellationToken);
        if (customer is not null && !caller.MayActFor(customer.UserId))
        {
            return OrderErrors.ForeignCustomer.At("customerId");
        }

        var skus = command.Items.Select(item => item.Sku).ToList();
        var products = await db
            .Products.AsNoTracking()
            .Where(product => skus.Contains(product.Sku))
            .ToDictionaryAsync(product => product.Sku, StringComparer.Ordinal, cancellationToken);
        return Order.Place(
            command.Currency,
            [.. command.Items.Select(item => new OrderedQuantity(item.Sku, item.Quantity))],
            command.PaymentToken,
            customer,
            products,
            clock.GetUtcNow()
        );
    }

    private async Task<Result<PlacedOrder>?> PlacedBefore(PlaceOrder command, CancellationToken cancellationToken)
    {
        if (command.IdempotencyKey is not { } key)
        {
            return null;
        }

        var earlier = await db
            .Orders.Where(order => order.PlacedBy == caller.UserId && order.IdempotencyKey == key)
            .Select(order => new { order.Id, order.RequestFingerprint })
            .SingleOrDefaultAsync(cancellationToken);
        return earlier is null ? null
            : string.Equals(
                earlier.RequestFingerprint,
                PlaceOrderRequest.FingerprintOf(command),
                StringComparison.Ordinal
            )
                ? new PlacedOrder(earlier.Id)
            : OrderErrors.IdempotencyKeyReused;
    }
}

internal sealed class PlaceOrderEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/orders",
                (
                    PlaceOrder command,
                    [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
                    Sender sender,
                    CancellationToken ct
                ) =>
                    sender.Accepted(
                        command with
                        {
                            IdempotencyKey = idempotencyKey,
                        },
                        placed => $"/orders/{placed.OrderId}",
                        ct
                    )
            )
            .RequireAuthorization(Policies.Customer)
            .Refuses(
                OrderErrors.InvalidIdempotencyKey,
                OrderErrors.ForeignCustomer,
                OrderErrors.IdempotencyKeyReused,
                OrderErrors.UnknownCustomer,
                OrderErrors.CustomerIncomplete,
                OrderErrors.UnknownSku,
                OrderErrors.ProductDiscontinued,
                OrderErrors.WrongCurrency("NW-003", "USD"),
                OrderErrors.TotalTooLarge,
                OrderErrors.UnknownPaymentToken
            );
}
