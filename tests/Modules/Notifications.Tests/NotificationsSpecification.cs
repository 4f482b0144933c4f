using BuildingBlocks.Contracts;
using BuildingBlocks.Testing;
using Orders.Contracts;
using Payments.Contracts;
using Shipping.Contracts;

namespace Notifications.Tests;

public sealed class NotificationsSpecification(NotificationsFixture notifications)
    : ModuleSpecification<NotificationsModule>(notifications),
        IClassFixture<NotificationsFixture>
{
    /// <summary>Who is to be written to has to be known.</summary>
    protected override async Task<IIntegrationEvent> ExampleOf(Type eventType)
    {
        var orderId = (await notifications.Placed("ada@example.com")).OrderId;
        return await base.ExampleOf(eventType) switch
        {
            OrderConfirmedV2 => NotificationsFixture.Confirmed(orderId),
            OrderCancelledV1 => NotificationsFixture.Cancelled(orderId),
            ShipmentDispatchedV1 dispatched => dispatched with { OrderId = orderId },
            PaymentRefundedV1 refunded => refunded with { OrderId = orderId, AmountMinor = 350, Currency = "EUR" },
            var other => other,
        };
    }
}
