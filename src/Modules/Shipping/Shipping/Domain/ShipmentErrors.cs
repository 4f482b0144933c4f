using BuildingBlocks.Application;

namespace Shipping.Domain;

/// <summary>Why Shipping refuses.</summary>
internal static class ShipmentErrors
{
    public static Error Unknown { get; } =
        Error.NotFound(
            "shipping.unknown-shipment",
            "There is no shipment with this id. GET /shipments?orderId= gives the id of an order's shipment."
        );

    public static Error NotPending { get; } =
        Error.Conflict(
            "shipping.not-pending",
            "The shipment was dispatched or cancelled before. Keep the goods, and read the shipment to see which."
        );

    public static Error NotDispatched { get; } =
        Error.Conflict(
            "shipping.not-dispatched",
            "Only a shipment that is on its way can be delivered, and only once. Read the shipment to see how far it "
                + "is."
        );

    public static Error NoAddress { get; } =
        Error.Conflict(
            "shipping.no-address",
            "It is not known where the goods go. Have the customer's address set with PUT /customers/{id}/address, "
                + "then dispatch again."
        );
}
