using BuildingBlocks.Application;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Shipping.Domain;
using Shipping.Persistence;

namespace Shipping.Features;

/// <summary>
/// Shows the shipment of an order to the account of its customer and to admins; to others, as if there were none.
/// </summary>
/// <param name="OrderId" example="0198a000-0000-7000-8000-000000000001">As placing the order answered it.</param>
internal sealed record GetShipments(Guid OrderId) : IQuery<GetShipmentsAnswer>;

internal sealed record GetShipmentsAnswer(IReadOnlyList<ShipmentDetails> Items);

/// <param name="Label">Where the goods went, or would go if they left now; null while that is unknown.</param>
/// <param name="CancelReason">Null unless cancelled.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="DispatchedAt">UTC; null while the goods have not left.</param>
/// <param name="DeliveredAt">UTC; null while the goods are not with the customer.</param>
/// <param name="CancelledAt">UTC; null unless the goods were kept back.</param>
internal sealed record ShipmentDetails(
    Guid ShipmentId,
    Guid OrderId,
    ShipmentStatus Status,
    IReadOnlyList<ShipmentDetailsItem> Items,
    ShipmentDetailsLabel? Label,
    string? CancelReason,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DispatchedAt,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset? CancelledAt
)
{
    /// <param name="shipment">Of the customer.</param>
    /// <param name="customer">Null when unknown.</param>
    public static ShipmentDetails Of(Shipment shipment, CustomerAddress? customer) =>
        new(
            shipment.Id,
            shipment.OrderId,
            shipment.Status,
            [
                .. shipment
                    .Items.OrderBy(item => item.Line)
                    .Select(item => new ShipmentDetailsItem(item.Sku, item.ProductName, item.Quantity)),
            ],
            (shipment.Status == ShipmentStatus.Pending ? customer?.ToLabel() : shipment.Label) is { } label
                ? new(label.Name, label.Street, label.City, label.PostalCode, label.Country)
                : null,
            shipment.CancelReason,
            shipment.CreatedAt,
            shipment.DispatchedAt,
            shipment.DeliveredAt,
            shipment.CancelledAt
        );
}

/// <param name="ProductName">As it was called when the order was placed.</param>
internal sealed record ShipmentDetailsItem(string Sku, string ProductName, int Quantity);

/// <param name="PostalCode">Empty where the country has none.</param>
/// <param name="Country">ISO 3166-1 alpha-2 code.</param>
internal sealed record ShipmentDetailsLabel(string Name, string Street, string City, string PostalCode, string Country);

internal sealed class GetShipmentsValidator : AbstractValidator<GetShipments>
{
    public GetShipmentsValidator() => RuleFor(query => query.OrderId).NotEmpty();
}

internal sealed class GetShipmentsHandler(ShippingDbContext db, Caller caller)
    : IQueryHandler<GetShipments, GetShipmentsAnswer>
{
    public async Task<Result<GetShipmentsAnswer>> Handle(GetShipments query, CancellationToken cancellationToken)
    {
        var shipment = await db.ShipmentOf(query.OrderId, cancellationToken);
        var customer = await db.AddressOf(shipment?.CustomerId, cancellationToken);
        return new GetShipmentsAnswer(
            shipment is not null && caller.MayActFor(customer?.UserId) ? [ShipmentDetails.Of(shipment, customer)] : []
        );
    }
}

internal sealed class GetShipmentsEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/shipments", (Guid orderId, Sender sender, CancellationToken ct) =>
                sender.Ok(new GetShipments(orderId), ct)
            )
            .RequireAuthorization(Policies.Customer);
}
