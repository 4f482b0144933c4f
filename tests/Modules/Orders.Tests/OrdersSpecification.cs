using BuildingBlocks.Contracts;
using BuildingBlocks.Testing;
using Orders.Contracts;

namespace Orders.Tests;

public sealed class OrdersSpecification(OrdersFixture orders)
    : ModuleSpecification<OrdersModule>(orders),
        IClassFixture<OrdersFixture>
{
    private readonly OrdersFixture orders = orders;

    /// <inheritdoc />
    protected override async Task<IIntegrationEvent> ExampleOf(Type eventType) =>
        eventType == typeof(OrderPlacedV1)
            ? new OrderPlacedV1((await orders.Order()).OrderId, Guid.CreateVersion7(), "EUR", 100, [])
            : await base.ExampleOf(eventType);
}
