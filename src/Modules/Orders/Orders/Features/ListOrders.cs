using BuildingBlocks.Application;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Orders.Domain;
using Orders.Persistence;

namespace Orders.Features;

/// <summary>Lists the caller's orders, newest first; everybody's for an admin.</summary>
/// <param name="CustomerId">Only this customer's, or null.</param>
/// <param name="After">The <c>nextCursor</c> of the page before, or null for the first page.</param>
/// <param name="Limit">1 to 100 orders a page.</param>
internal sealed record ListOrders(Guid? CustomerId, Guid? After, int Limit) : IQuery<ListOrdersAnswer>;

/// <param name="NextCursor">Null on the last page.</param>
internal sealed record ListOrdersAnswer(IReadOnlyList<ListOrdersItem> Items, Guid? NextCursor);

/// <param name="TotalMinor">In the currency's minor unit, taxes included.</param>
/// <param name="Currency">ISO 4217 code.</param>
internal sealed record ListOrdersItem(
    Guid OrderId,
    Guid CustomerId,
    OrderStatus Status,
    long TotalMinor,
    string Currency,
    DateTimeOffset PlacedAt
);

internal sealed class ListOrdersValidator : AbstractValidator<ListOrders>
{
    public ListOrdersValidator() =>
        RuleFor(query => query.Limit).InclusiveBetween(1, 100).WithMessage("A page has 1 to 100 orders.");
}

internal sealed class ListOrdersHandler(OrdersDbContext db, Caller caller) : IQueryHandler<ListOrders, ListOrdersAnswer>
{
    public async Task<Result<ListOrdersAnswer>> Handle(ListOrders query, CancellationToken cancellationToken)
    {
        var orders = db.Orders.AsNoTracking();
        if (!caller.IsAdmin)
        {
            orders = orders.Where(order => order.CustomerUserId != null && order.CustomerUserId == caller.UserId);
        }

        if (query.CustomerId is { } customerId)
        {
            orders = orders.Where(order => order.CustomerId == customerId);
        }

        // Ids are of version 7, so their order is that of placing.
        if (query.After is { } after)
        {
            orders = orders.Where(order => order.Id < after);
        }

        var page = await orders
            .OrderByDescending(order => order.Id)
            .Take(query.Limit + 1)
            .Select(order => new ListOrdersItem(
                order.Id,
                order.CustomerId,
                order.Status,
                order.TotalMinor,
                order.Currency,
                order.PlacedAt
            ))
            .ToListAsync(cancellationToken);
        return page.Count <= query.Limit
            ? new ListOrdersAnswer(page, NextCursor: null)
            : new ListOrdersAnswer(page[..query.Limit], page[query.Limit - 1].OrderId);
    }
}

internal sealed class ListOrdersEndpoint : IEndpoint
{
    private const int DefaultLimit = 20;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/orders", (Guid? customerId, Guid? after, int? limit, Sender sender, CancellationToken ct) =>
                sender.Ok(new ListOrders(customerId, after, limit ?? DefaultLimit), ct)
            )
            .RequireAuthorization(Policies.Customer);
}
