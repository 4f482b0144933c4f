using BuildingBlocks.Testing;

namespace Payments.Tests;

public sealed class PaymentsSpecification(PaymentsFixture payments)
    : ModuleSpecification<PaymentsModule>(payments),
        IClassFixture<PaymentsFixture>;
