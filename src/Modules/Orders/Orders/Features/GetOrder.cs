using BuildingBlocks.Application;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Orders.Domain;
using Orders.Persistence;

namespace Orders.Features;

/// <summary>Shows one order, to the account of its customer and to admins.</summary>
/// <param name="OrderId" example="0198a000-0000-7000-8000-000000000001">As placing the order answered it.</param>
internal sealed record GetOrder(Guid OrderId) : IQuery<GetOrderAnswer>;

/// <param name="TotalMinor">In the currency's minor unit, taxes included; the sum of the items.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="History">Each status the order has reached, first to last.</param>
/// <param name="CancelReason">Null unless cancelled.</param>
/// <param name="CancellationRequestedAt">When somebody called it off, UTC; the status tells what came of that. Null
/// when nobody has.</param>
internal sealed record GetOrderAnswer(
    Guid OrderId,
    Guid CustomerId,
    OrderStatus Status,
    long TotalMinor,
    string Currency,
    IReadOnlyList<GetOrderItem> Items,
    IReadOnlyList<GetOrderStatusChange> History,
    string? CancelReason,
    DateTimeOffset? CancellationRequestedAt
);

/// <param name="ProductName">As it was called when the order was placed.</param>
/// <param name="UnitPriceMinor">For one piece, as it cost when the order was placed.</param>
internal sealed record GetOrderItem(string Sku, string ProductName, int Quantity, long UnitPriceMinor);

/// <param name="At">UTC.</param>
internal sealed record GetOrderStatusChange(OrderStatus Status, DateTimeOffset At);

internal sealed class GetOrderValidator : AbstractValidator<GetOrder>
{
    public GetOrderValidator() => RuleFor(query => query.OrderId).NotEmpty();
}

internal sealed class GetOrderHandler(OrdersDbContext db, Caller caller) : IQueryHandler<GetOrder, GetOrderAnswer>
{
    public async Task<Result<GetOrderAnswer>> Handle(GetOrder query, CancellationToken cancellationToken)
    {
        var order = await db
            .Orders.AsNoTracking()
            .AsSplitQuery()
            .SingleOrDefaultAsync(order => order.Id == query.OrderId, cancellationToken);
        return order is null || !caller.MayActFor(order.CustomerUserId)
            ? OrderErrors.UnknownOrder
            : new GetOrderAnswer(
                order.Id,
                order.CustomerId,
                order.Status,
                order.TotalMinor,
                order.Currency,
                [
                    .. order
                        .Items.OrderBy(item => item.Line)
                        .Select(item => new GetOrderItem(
                            item.Sku,
                            item.ProductName,
                            item.Quantity,
                            item.UnitPriceMinor
                        )),
                ],
                [
                    .. order
                        .History.OrderBy(change => change.At)
                        .ThenBy(change => change.Status)
                        .Select(change => new GetOrderStatusChange(change.Status, change.At)),
                ],
                order.CancelReason,
                order.CancellationRequestedAt
            );
    }
}

internal sealed class GetOrderEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/orders/{id:guid}", (Guid id, Sender sender, CancellationToken ct) =>
                sender.Ok(new GetOrder(id), ct)
            )
            .RequireAuthorization(Policies.Customer)
            .Refuses(OrderErrors.UnknownOrder);
}
