using Orders.Contracts;
using Payments.Contracts;
using Payments.Domain;
using Payments.Gateway;

namespace Payments.Tests;

public sealed class PaymentProcessorTests(PaymentsFixture payments) : IClassFixture<PaymentsFixture>
{
    [Fact]
    public async Task Calls_the_gateway_only_after_the_request_is_written_down()
    {
        var request = payments.Request();

        await payments.When(request).ThenNothing();
        (await payments.Books(request.AmountMinor)).ShouldBeEmpty();

        await payments.Process();

        (await Captured(request)).ShouldHaveSingleItem().AmountMinor.ShouldBe(request.AmountMinor);
        (await payments.Books(request.AmountMinor)).ShouldBe("charged after 1");
        (await payments.Read(request.OrderId)).ShouldSatisfyAllConditions(
            payment => payment.Status.ShouldBe(PaymentStatus.Captured),
            payment => payment.Attempts.ShouldBe(1)
        );
    }

    [Fact]
    public async Task Passes_on_why_the_gateway_declines()
    {
        var request = payments.Request("tok_declined");

        await payments.Given(request);
        await payments.Process();

        (await Declined(request)).ShouldHaveSingleItem().Reason.ShouldBe("card declined");
        (await payments.Read(request.OrderId)).Status.ShouldBe(PaymentStatus.Declined);
    }

    [Fact]
    public async Task Charges_once_through_a_gateway_that_breaks_the_connection_twice()
    {
        var request = payments.Request("tok_flaky");

        await payments.Given(request);
        await payments.ProcessToTheEnd();

        (await Captured(request)).ShouldHaveSingleItem();
        (await payments.Books(request.AmountMinor)).ShouldBe("charged after 3");
        (await payments.Read(request.OrderId)).Attempts.ShouldBe(3);
    }

    [Fact]
    public async Task Charges_once_when_the_Host_dies_between_the_charge_and_its_own_commit()
    {
        var request = payments.Request();
        await payments.Given(request);
        StrandedGateway stranded = new(payments.Gateway);
        var dead = payments.Process(stranded);
        await stranded.Charged;
        (await payments.Books(request.AmountMinor)).ShouldBe("charged after 1");
        (await payments.Process()).ShouldBe(0, "the lease keeps others from it");

        payments.Clock.Advance(new PaymentsOptions().Lease);
        await payments.Process();

        (await Captured(request)).ShouldHaveSingleItem();
        (await payments.Books(request.AmountMinor)).ShouldBe("charged after 2");
        (await Attempts(request)).ShouldBe(["1 charge: cut off", "2 charge: captured"]);

        // Dead only as far as we could tell: what it has to say now comes too late.
        stranded.Answer();
        await dead;
        (await Captured(request)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Does_not_tell_twice_what_was_written_down_by_a_commit_that_nobody_heard_of()
    {
        var request = payments.Request();
        await payments.Given(request);

        await payments.Process(new GatewayWithUnheardCommit(payments));

        (await Captured(request)).ShouldBeEmpty("the commit that nobody heard of has told it");
        (await Attempts(request)).ShouldBe(["1 charge: by the unheard commit"]);
    }

    [Fact]
    public async Task Does_not_let_a_slow_payment_hold_up_another()
    {
        var (slow, fast) = (payments.Request("tok_slow"), payments.Request());
        await payments.Given(slow, fast);

        var processing = payments.Process();
        while ((await Captured(fast)).Count == 0)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        (await Captured(slow)).ShouldBeEmpty();
        await payments.LetTimePassUntilDone(processing);
        (await Captured(slow)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Declines_for_want_of_a_gateway_once_nothing_can_be_charged_any_more()
    {
        var request = payments.Request();
        await payments.Given(request);

        await payments.ProcessToTheEnd(new MuteGateway(payments.Gateway, charges: false));

        (await Declined(request)).ShouldHaveSingleItem().Reason.ShouldBe("payment provider not reachable");
        (await Attempts(request)).ShouldBe([
            .. Enumerable.Range(1, 6).Select(i => $"{i} charge: no answer: The connection broke."),
            "7 void: voided",
        ]);
        var payment = await payments.Read(request.OrderId);
        (
            await payments.Gateway.Charge(
                new ChargeRequest(payment.PaymentId, "tok_ok", 1, "EUR"),
                TestContext.Current.CancellationToken
            )
        ).DeclineReason.ShouldNotBeNull();
    }

    [Fact]
    public async Task Finds_out_that_it_was_charged_by_a_gateway_that_never_said_so()
    {
        var request = payments.Request();
        await payments.Given(request);

        await payments.ProcessToTheEnd(new MuteGateway(payments.Gateway, charges: true));

        (await Captured(request)).ShouldHaveSingleItem();
        (await Declined(request)).ShouldBeEmpty();
        (await payments.Books(request.AmountMinor)).ShouldBe("charged after 6");
    }

    [Fact]
    public async Task Charges_an_order_once_that_asks_twice()
    {
        var request = payments.Request();

        await payments.Given(request, request);
        await payments.ProcessToTheEnd();

        (await Captured(request)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Two_Hosts_share_the_work_without_doing_any_of_it_twice()
    {
        var requests = Enumerable.Range(0, 30).Select(_ => payments.Request()).ToArray();
        await payments.Given([.. requests]);

        while (
            (
                await Task.WhenAll(
                    payments.Process(),
                    payments.Process(payments.Gateway),
                    payments.Process(payments.Gateway)
                )
            ).Sum() > 0
        ) { }

        foreach (var request in requests)
        {
            (await payments.Books(request.AmountMinor)).ShouldBe("charged after 1");
            (await Captured(request)).ShouldHaveSingleItem();
        }
    }

    private async Task<IReadOnlyList<PaymentCapturedV1>> Captured(OrderPaymentRequestedV1 request) =>
        [.. (await payments.Published<PaymentCapturedV1>()).Where(captured => captured.OrderId == request.OrderId)];

    private async Task<IReadOnlyList<PaymentDeclinedV1>> Declined(OrderPaymentRequestedV1 request) =>
        [.. (await payments.Published<PaymentDeclinedV1>()).Where(declined => declined.OrderId == request.OrderId)];

    private async Task<IReadOnlyList<string>> Attempts(OrderPaymentRequestedV1 request) =>
        await payments.Sql.List<string>(
            """
            select number || ' ' || call || ': ' || coalesce(outcome, 'cut off')
            from payment_attempts join payments on payments.id = payment_id where order_id = $1 order by number
            """,
            request.OrderId
        );
}
