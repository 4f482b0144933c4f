using BuildingBlocks.Testing;

namespace Inventory.Tests;

public sealed class InventorySpecification(InventoryFixture fixture)
    : ModuleSpecification<InventoryModule>(fixture),
        IClassFixture<InventoryFixture>;
