using BuildingBlocks.Testing;

namespace Customers.Tests;

public sealed class CustomersSpecification(ModuleFixture<CustomersModule> fixture)
    : ModuleSpecification<CustomersModule>(fixture),
        IClassFixture<ModuleFixture<CustomersModule>>;
