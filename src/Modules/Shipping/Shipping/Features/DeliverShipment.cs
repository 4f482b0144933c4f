using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Shipping.Domain;
using Shipping.Persistence;

namespace Shipping.Features;

/// <summary>Says that a dispatched shipment's goods are with the customer.</summary>
/// <param name="ShipmentId" example="0198a000-0000-7000-8000-000000000001">As GET /shipments tells it.</param>
internal sealed record DeliverShipment(Guid ShipmentId) : ICommand<ShipmentDetails>;

internal sealed class DeliverShipmentHandler(ShippingDbContext db, TimeProvider clock)
    : ICommandHandler<DeliverShipment, ShipmentDetails>
{
    public async Task<Result<ShipmentDetails>> Handle(DeliverShipment command, CancellationToken cancellationToken)
    {
        if (
            await db.Shipments.SingleOrDefaultAsync(shipment => shipment.Id == command.ShipmentId, cancellationToken)
            is not { } shipment
        )
        {
            return ShipmentErrors.Unknown;
        }

        if (shipment.Deliver(clock.GetUtcNow()).Failed(out var refusal, out var delivered))
        {
            return refusal;
        }

        db.Publish(delivered);
        await db.SaveChangesAsync(cancellationToken);
        return ShipmentDetails.Of(shipment, customer: null);
    }
}

internal sealed class DeliverShipmentEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/shipments/{id:guid}/deliver", (Guid id, Sender sender, CancellationToken ct) =>
                sender.Ok(new DeliverShipment(id), ct)
            )
            .RequireAuthorization(Policies.Admin)
            .Refuses(ShipmentErrors.Unknown, ShipmentErrors.NotDispatched);
}
