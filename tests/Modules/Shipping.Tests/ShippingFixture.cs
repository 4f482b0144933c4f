using BuildingBlocks.Testing;
using Customers.Contracts;
using Orders.Contracts;
using Shipping.Features;

namespace Shipping.Tests;

/// <summary>Shipping with customers and confirmed orders as tests need them.</summary>
public sealed class ShippingFixture : ModuleFixture<ShippingModule>
{
    internal static readonly CustomerAddress Berlin = new("Main Street 1", "Berlin", "10115", "DE");

    internal static OrderConfirmedV2 Confirmed(Guid orderId, Guid customerId) =>
        new(
            orderId,
            customerId,
            "Ada",
            "ada@example.com",
            "DE",
            "EUR",
            1199,
            [new("TEA", "Tea", 2, 350), new("JAM", "Jam", 1, 499)],
            DateTimeOffset.UnixEpoch
        );

    internal static OrderShipmentCancellationRequestedV1 CalledOff(Guid orderId) =>
        new(orderId, "cancelled by the customer");

    /// <summary>
    /// A customer whose goods go to Berlin, unless there is no address; and the account that may see them.
    /// </summary>
    internal async Task<(Guid CustomerId, Guid UserId)> Customer(CustomerAddress? address)
    {
        var (customerId, userId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Given(new CustomerRegisteredV1(customerId, userId, "Ada", "ada@example.com", "DE", address));
        return (customerId, userId);
    }

    /// <summary>The shipment of an order that has just been confirmed.</summary>
    internal async Task<(Guid OrderId, Guid ShipmentId)> Pending()
    {
        var orderId = Guid.CreateVersion7();
        await Given(Confirmed(orderId, (await Customer(Berlin)).CustomerId));
        return (orderId, (await Read(orderId)).ShipmentId);
    }

    internal async Task<ShipmentDetails> Read(Guid orderId) =>
        (await Send(new GetShipments(orderId))).Succeeded().Items.ShouldHaveSingleItem();
}
