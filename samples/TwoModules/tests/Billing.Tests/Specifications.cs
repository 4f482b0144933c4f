using BuildingBlocks.Testing;
using Shop;

namespace Billing.Tests;

public sealed class BillingSpecification(ModuleFixture<BillingModule> fixture)
    : ModuleSpecification<BillingModule>(fixture),
        IClassFixture<ModuleFixture<BillingModule>>;

public sealed class ShopSpecification(ModuleFixture<ShopModule> fixture)
    : ModuleSpecification<ShopModule>(fixture),
        IClassFixture<ModuleFixture<ShopModule>>;
