using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Freshness;
using BuildingBlocks.EventLog.Sagas;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Orders.Domain;
using Orders.Persistence;
using Orders.Sagas;

namespace Orders.Features;

/// <summary>
/// Calls an order off, also a confirmed one: Shipping keeps the goods back, money and stock go back, then the order
/// becomes cancelled. When the goods turn out to have left just before, the order becomes shipped instead, and nothing
/// is given back.
/// </summary>
/// <param name="OrderId" example="0198a000-0000-7000-8000-000000000001">As placing the order answered it.</param>
internal sealed record CancelOrder(Guid OrderId) : ICommand<CancellingOrder>;

internal sealed record CancellingOrder(Guid OrderId);

internal sealed class CancelOrderValidator : AbstractValidator<CancelOrder>
{
    public CancelOrderValidator() => RuleFor(command => command.OrderId).NotEmpty();
}

internal sealed class CancelOrderHandler(
    OrdersDbContext db,
    Caller caller,
    SagaCancellation sagas,
    CatchUp catchUp,
    TimeProvider clock
) : ICommandHandler<CancelOrder, CancellingOrder>
{
    public async Task<Result<CancellingOrder>> Handle(CancelOrder command, CancellationToken cancellationToken)
    {
        var order = await db.Orders.SingleOrDefaultAsync(order => order.Id == command.OrderId, cancellationToken);
        if (order is null || !caller.MayActFor(order.CustomerUserId))
        {
            return OrderErrors.UnknownOrder;
        }

        if (order.MayBeCancelled().Failed(out var refusal))
        {
            return refusal;
        }

        if (!await CallOff(order, cancellationToken))
        {
            // Placed milliseconds ago, the order may be ahead of its saga.
            await catchUp.With(db, "orders", cancellationToken);
            if (!await CallOff(order, cancellationToken))
            {
                return OrderErrors.CannotCancel;
            }
        }

        order.CancellationRequested(clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return new CancellingOrder(order.Id);
    }

    private Task<bool> CallOff(Order order, CancellationToken cancellationToken) =>
        sagas.Cancel<PlaceOrderSaga>(
            db,
            order.Id,
            caller.IsAdmin ? "cancelled by the shop" : "cancelled by the customer",
            cancellationToken
        );
}

internal sealed class CancelOrderEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/orders/{id:guid}/cancel", (Guid id, Sender sender, CancellationToken ct) =>
                sender.Accepted(new CancelOrder(id), cancelling => $"/orders/{cancelling.OrderId}", ct)
            )
            .RequireAuthorization(Policies.Customer)
            .Refuses(OrderErrors.UnknownOrder, OrderErrors.CannotCancel);
}
