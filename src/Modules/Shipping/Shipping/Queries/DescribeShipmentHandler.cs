using BuildingBlocks.Application;
using Shipping.Contracts;
using Shipping.Contracts.Queries;
using Shipping.Persistence;

namespace Shipping.Queries;

internal sealed class DescribeShipmentHandler(ShippingDbContext db)
    : IModuleQueryHandler<DescribeShipment, ShipmentDescription>
{
    public async Task<ShipmentDescription?> Handle(DescribeShipment query, CancellationToken cancellationToken)
    {
        if (await db.ShipmentOf(query.OrderId, cancellationToken) is not { CustomerId: { } customerId } shipment)
        {
            return null;
        }

        var customer = await db.AddressOf(customerId, cancellationToken);
        return new(
            shipment.Id,
            customerId,
            customer?.UserId,
            shipment.Status.ToString().ToLowerInvariant(),
            [
                .. shipment
                    .Items.OrderBy(item => item.Line)
                    .Select(item => new ShipmentLine(item.Sku, item.ProductName, item.Quantity)),
            ],
            shipment.CreatedAt,
            shipment.DispatchedAt,
            shipment.DeliveredAt,
            shipment.CancelledAt
        );
    }
}
