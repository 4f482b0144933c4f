using BuildingBlocks.Testing;
using Orders.Contracts;
using Payments.Contracts;
using Payments.Domain;
using Payments.Features;

namespace Payments.Tests;

public sealed class RefundTests(PaymentsFixture payments) : IClassFixture<PaymentsFixture>
{
    [Fact]
    public async Task Answers_at_once_and_charges_nothing_when_the_gateway_has_not_heard_of_the_payment()
    {
        var request = payments.Request();

        await payments
            .Given(request)
            .When(Refund(request))
            .Then<PaymentRefundedV1>(refunded => refunded.AmountMinor.ShouldBe(0));
        await payments.ProcessToTheEnd();

        (await payments.Books(request.AmountMinor)).ShouldBeEmpty();
        (await payments.Read(request.OrderId)).Status.ShouldBe(PaymentStatus.Voided);
        (await Answers(request)).ShouldBe(["payment.refunded"]);
    }

    [Fact]
    public async Task Gives_back_the_whole_amount_once()
    {
        var request = payments.Request();
        await payments.Given(request);
        await payments.Process();

        await payments.When(Refund(request)).ThenNothing();
        await payments.ProcessToTheEnd();
        await payments.When(Refund(request)).ThenNothing();

        (await payments.Published<PaymentRefundedV1>())
            .Single(refunded => refunded.OrderId == request.OrderId)
            .ShouldSatisfyAllConditions(
                refunded => refunded.AmountMinor.ShouldBe(request.AmountMinor),
                refunded => refunded.Currency.ShouldBe("EUR")
            );
        (await payments.Books(request.AmountMinor)).ShouldBe("refunded after 1");
        var payment = await payments.Read(request.OrderId);
        (payment.Status, payment.RefundedMinor).ShouldBe((PaymentStatus.Refunded, request.AmountMinor));
        (await Answers(request)).ShouldBe(["payment.captured", "payment.refunded"]);
    }

    [Fact]
    public async Task Waits_for_the_charge_under_way_and_then_gives_it_back()
    {
        await payments.ProcessToTheEnd(); // What another test asked for is not to be answered while this one listens.
        var request = payments.Request("tok_slow");
        await payments.Given(request);
        var processing = payments.Process();
        while ((await payments.Books(request.AmountMinor)).Length == 0)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await payments.When(Refund(request)).ThenNothing();
        (await payments.Process()).ShouldBe(0, "the call under way comes first");
        await payments.LetTimePassUntilDone(processing);
        await payments.ProcessToTheEnd();

        (await payments.Books(request.AmountMinor)).ShouldBe("refunded after 1");
        (await Answers(request)).ShouldBe(["payment.captured", "payment.refunded"]);
    }

    [Fact]
    public async Task Voids_a_charge_whose_fate_is_unknown()
    {
        var request = payments.Request("tok_flaky");
        await payments.Given(request);
        await payments.Process();

        await payments.When(Refund(request)).ThenNothing();
        await payments.ProcessToTheEnd();

        (await payments.Books(request.AmountMinor)).ShouldBe("voided after 1");
        (await Answers(request)).ShouldBe(["payment.refunded"]);
    }

    [Fact]
    public async Task Gives_back_a_charge_that_was_made_unheard()
    {
        var request = payments.Request("tok_flaky");
        await payments.Given(request);
        await payments.Process();
        payments.Clock.Advance(TimeSpan.FromSeconds(1));
        await payments.Process();
        (await payments.Books(request.AmountMinor)).ShouldBe("charged after 2");

        await payments.When(Refund(request)).ThenNothing();
        await payments.ProcessToTheEnd();

        (await payments.Books(request.AmountMinor)).ShouldBe("refunded after 2");
        (await Answers(request)).ShouldBe(["payment.captured", "payment.refunded"]);
    }

    [Fact]
    public async Task Answers_for_a_declined_payment_that_nothing_was_charged()
    {
        var request = payments.Request("tok_declined");
        await payments.Given(request);
        await payments.Process();

        await payments.When(Refund(request)).Then<PaymentRefundedV1>(refunded => refunded.AmountMinor.ShouldBe(0));

        (await payments.Read(request.OrderId)).Status.ShouldBe(PaymentStatus.Declined);
    }

    [Fact]
    public async Task Declines_a_payment_asked_for_after_the_order_was_called_off()
    {
        var request = payments.Request();

        await payments.When(Refund(request)).Then<PaymentRefundedV1>(refunded => refunded.AmountMinor.ShouldBe(0));
        await payments.When(request).Then<PaymentDeclinedV1>(declined => declined.OrderId.ShouldBe(request.OrderId));

        await payments.ProcessToTheEnd();
        (await payments.Books(request.AmountMinor)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Shows_a_payment_to_its_customers_account_and_to_admins_only()
    {
        var userId = Guid.CreateVersion7();
        var request = payments.Request(userId: userId);
        await payments.Given(request);

        (await SeenBy(As.User(userId))).ShouldBe(1);
        (await SeenBy(As.Admin(Guid.CreateVersion7()))).ShouldBe(1);
        (await SeenBy(As.User(Guid.CreateVersion7()))).ShouldBe(0);

        async Task<int> SeenBy(As caller)
        {
            (await payments.Send(new GetPayments(request.OrderId), caller))
                .Failed(out _, out var answer)
                .ShouldBeFalse();
            return answer!.Items.Count;
        }
    }

    private static OrderRefundRequestedV1 Refund(OrderPaymentRequestedV1 request) =>
        new(request.OrderId, "changed my mind");

    private async Task<IReadOnlyList<string>> Answers(OrderPaymentRequestedV1 request) =>
        await payments.Sql.List<string>("select event_type from outbox where key = $1 order by position", request.Key);
}
