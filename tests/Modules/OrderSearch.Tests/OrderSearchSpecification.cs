using BuildingBlocks.Testing;

namespace OrderSearch.Tests;

public sealed class OrderSearchSpecification(OrderSearchFixture orderSearch)
    : ModuleSpecification<OrderSearchModule>(orderSearch),
        IClassFixture<OrderSearchFixture>;
