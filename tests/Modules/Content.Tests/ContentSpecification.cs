using BuildingBlocks.Testing;

namespace Content.Tests;

public sealed class ContentSpecification(ModuleFixture<ContentModule> fixture)
    : ModuleSpecification<ContentModule>(fixture),
        IClassFixture<ModuleFixture<ContentModule>>;
