using BuildingBlocks.Testing;

namespace Analytics.Tests;

public sealed class AnalyticsSpecification(AnalyticsFixture analytics)
    : ModuleSpecification<AnalyticsModule>(analytics),
        IClassFixture<AnalyticsFixture>;
