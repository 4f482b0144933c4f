using Billing.Contracts;
using BuildingBlocks.Testing;
using Shop.Contracts;

namespace Billing.Tests;

public sealed class InvoiceTests(ModuleFixture<BillingModule> billing) : IClassFixture<ModuleFixture<BillingModule>>
{
    [Fact]
    public async Task Writes_an_invoice_for_the_amount_of_the_order()
    {
        var orderId = Guid.CreateVersion7();

        await billing
            .When(new OrderPlacedV1(orderId, 1999))
            .Then<InvoiceWrittenV1>(written => Assert.Equal((orderId, 1999), (written.OrderId, written.AmountMinor)));
    }
}
