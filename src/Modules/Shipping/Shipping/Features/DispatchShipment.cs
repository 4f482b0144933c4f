using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Freshness;
using BuildingBlocks.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Shipping.Domain;
using Shipping.Persistence;

namespace Shipping.Features;

/// <summary>
/// Says that a shipment's goods leave the warehouse now, to where the customer's address is now. From here on its order
/// cannot be cancelled; when it was a moment ago, this is refused and the goods must stay.
/// </summary>
/// <param name="ShipmentId" example="0198a000-0000-7000-8000-000000000001">As GET /shipments tells it.</param>
internal sealed record DispatchShipment(Guid ShipmentId) : ICommand<ShipmentDetails>;

internal sealed class DispatchShipmentHandler(ShippingDbContext db, CatchUp catchUp, TimeProvider clock)
    : ICommandHandler<DispatchShipment, ShipmentDetails>
{
    public async Task<Result<ShipmentDetails>> Handle(DispatchShipment command, CancellationToken cancellationToken)
    {
        if (
            await db.Shipments.SingleOrDefaultAsync(shipment => shipment.Id == command.ShipmentId, cancellationToken)
            is not { } shipment
        )
        {
            return ShipmentErrors.Unknown;
        }

        var customer = await CustomerOf(shipment, cancellationToken);
        if (shipment.Dispatch(customer?.ToLabel(), clock.GetUtcNow()).Failed(out var refusal, out var dispatched))
        {
            return refusal;
        }

        db.Publish(dispatched);
        await db.SaveChangesAsync(cancellationToken);
        return ShipmentDetails.Of(shipment, customer);
    }

    private async Task<CustomerAddress?> CustomerOf(Shipment shipment, CancellationToken cancellationToken)
    {
        if (shipment.Status == ShipmentStatus.Pending)
        {
            // Whoever has just moved wants their goods at the new address, and our copy may be milliseconds behind.
            await catchUp.With(db, "customers", cancellationToken);
        }

        return await db.AddressOf(shipment.CustomerId, cancellationToken);
    }
}

internal sealed class DispatchShipmentEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/shipments/{id:guid}/dispatch", (Guid id, Sender sender, CancellationToken ct) =>
                sender.Ok(new DispatchShipment(id), ct)
            )
            .RequireAuthorization(Policies.Admin)
            .Refuses(ShipmentErrors.Unknown, ShipmentErrors.NotPending, ShipmentErrors.NoAddress);
}
