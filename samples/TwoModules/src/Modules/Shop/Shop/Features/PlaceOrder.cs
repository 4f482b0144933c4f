using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Shop.Contracts;
using Shop.Domain;
using Shop.Persistence;

namespace Shop.Features;

/// <summary>Orders something for an amount.</summary>
/// <param name="TotalMinor">In cents.</param>
internal sealed record PlaceOrder(long TotalMinor) : ICommand<PlacedOrder>;

internal sealed record PlacedOrder(Guid OrderId);

internal sealed class PlaceOrderValidator : AbstractValidator<PlaceOrder>
{
    public PlaceOrderValidator() => RuleFor(order => order.TotalMinor).InclusiveBetween(1, Order.MaxTotalMinor);
}

internal sealed class PlaceOrderHandler(ShopDbContext db) : ICommandHandler<PlaceOrder, PlacedOrder>
{
    public async Task<Result<PlacedOrder>> Handle(PlaceOrder command, CancellationToken cancellationToken)
    {
        Order order = new(Guid.CreateVersion7(), command.TotalMinor);
        db.Add(order);
        db.Publish(new OrderPlacedV1(order.Id, order.TotalMinor));
        await db.SaveChangesAsync(cancellationToken); // The order and its event commit together.
        return new PlacedOrder(order.Id);
    }
}

internal sealed class PlaceOrderEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/shop/orders", (PlaceOrder command, Sender sender, CancellationToken ct) =>
                sender.Created(command, placed => $"/shop/orders/{placed.OrderId}", ct)
            )
            .RequireAuthorization(Policies.Customer);
}
