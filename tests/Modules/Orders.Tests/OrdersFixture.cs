using BuildingBlocks.Testing;
using Catalog.Contracts;
using Customers.Contracts;
using Inventory.Contracts;
using Orders.Features;
using Payments.Contracts;

namespace Orders.Tests;

/// <summary>Orders with a few products, and customers as tests need them.</summary>
public sealed class OrdersFixture : ModuleFixture<OrdersModule>
{
    internal static readonly CustomerAddress Address = new("Main Street 1", "Berlin", "10115", "DE");

    /// <summary>A customer who can order, and the account that may act for them.</summary>
    internal async Task<(Guid CustomerId, As User, Guid UserId)> Customer()
    {
        var (customerId, userId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Given(new CustomerRegisteredV1(customerId, userId, "Ada", "ada@example.com", "DE", Address));
        return (customerId, As.User(userId), userId);
    }

    /// <summary>An order for two teas and a jam that has just been placed.</summary>
    internal async Task<(Guid OrderId, As User, Guid UserId)> Order()
    {
        var (customerId, user, userId) = await Customer();
        (await Send(Request(customerId), user)).Failed(out var refusal, out var placed).ShouldBeFalse(refusal?.Detail);
        return (placed!.OrderId, user, userId);
    }

    /// <summary>The same order, reserved and paid.</summary>
    internal async Task<(Guid OrderId, As User)> Confirmed()
    {
        var (orderId, user, _) = await Order();
        await Given(Reserved(orderId)).Given(Captured(orderId));
        return (orderId, user);
    }

    internal static StockReservedV1 Reserved(Guid orderId) =>
        new(orderId, [new("TEA", "MAIN", 2), new("JAM", "MAIN", 1)]);

    internal static PaymentCapturedV1 Captured(Guid orderId) =>
        new(Guid.CreateVersion7(), orderId, 1199, "EUR", DateTimeOffset.UnixEpoch);

    internal static PaymentRefundedV1 Refunded(Guid orderId) =>
        new(Guid.CreateVersion7(), orderId, 1199, "EUR", DateTimeOffset.UnixEpoch);

    internal async Task<GetOrderAnswer> Read(Guid orderId)
    {
        (await Send(new GetOrder(orderId))).Failed(out _, out var order).ShouldBeFalse();
        return order!;
    }

    internal static PlaceOrder Request(Guid customerId) =>
        new(customerId, "EUR", [new("TEA", 2), new("JAM", 1)], "tok_ok");

    protected override async Task Started() =>
        await Given(
            new ProductAddedV1("TEA", "Tea", "Drinks", 350, "EUR"),
            new ProductAddedV1("JAM", "Jam", "Food", 499, "EUR")
        );
}
