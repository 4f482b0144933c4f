using BuildingBlocks.Testing;

namespace Shipping.Tests;

public sealed class ShippingSpecification(ShippingFixture shipping)
    : ModuleSpecification<ShippingModule>(shipping),
        IClassFixture<ShippingFixture>;
