using BuildingBlocks.Testing;

namespace Catalog.Tests;

public sealed class CatalogSpecification(ModuleFixture<CatalogModule> fixture)
    : ModuleSpecification<CatalogModule>(fixture),
        IClassFixture<ModuleFixture<CatalogModule>>;
