using BuildingBlocks.Contracts;
using Payments.Contracts;
using Payments.Domain;

namespace Payments.Tests;

public sealed class PaymentTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly PaymentOrigin Origin = new("correlation", "cause", TraceParent: null);
    private static readonly PaymentsOptions Options = new();

    private readonly Payment payment = Payment.For(
        new(Guid.CreateVersion7(), CustomerUserId: null, 990, "EUR", "tok_ok"),
        Origin,
        Now
    );

    [Fact]
    public void Is_charged_first()
    {
        payment.DueAt.ShouldBe(Now);
        payment.NextCall.ShouldBe(GatewayCall.Charge);

        var attempt = payment.Begin(Now, Options.Lease);

        (attempt.Number, attempt.Call, payment.LeaseUntil).ShouldBe((1, GatewayCall.Charge, Now + Options.Lease));
    }

    [Fact]
    public void Rests_once_captured_and_forgets_the_token()
    {
        payment.Begin(Now, Options.Lease);

        Answer(payment.Captured(Now)).ShouldBe(new PaymentCapturedV1(payment.Id, payment.OrderId, 990, "EUR", Now));

        (payment.Status, payment.DueAt, payment.LeaseUntil, payment.PaymentToken).ShouldBe(
            (PaymentStatus.Captured, null, null, null)
        );
    }

    [Fact]
    public void Tries_again_later_and_later_while_nobody_answers()
    {
        List<TimeSpan> pauses = [];
        for (var i = 1; i < Options.MaxFailedCharges; i++)
        {
            payment.Begin(Now, Options.Lease);
            payment.Failed(Now, Options);
            payment.NextCall.ShouldBe(GatewayCall.Charge);
            pauses.Add(payment.DueAt!.Value - Now);
        }

        pauses.ShouldAllBe(pause =>
            pause >= Options.FirstRetryPause * 0.75 && pause <= Options.LongestRetryPause * 1.25
        );
        pauses[^1].ShouldBeGreaterThan(pauses[0] * 4);
    }

    [Fact]
    public void Is_declined_for_want_of_a_gateway_only_after_the_gateway_has_voided_it()
    {
        GiveUp();

        payment.Status.ShouldBe(PaymentStatus.Pending);
        payment.NextCall.ShouldBe(GatewayCall.Void);
        Answer(payment.Voided(Now))
            .ShouldBe(new PaymentDeclinedV1(payment.Id, payment.OrderId, "payment provider not reachable"));
        payment.Status.ShouldBe(PaymentStatus.Declined);
    }

    [Fact]
    public void Is_captured_after_all_when_the_gateway_had_charged_it_without_our_hearing()
    {
        GiveUp();

        Answer(payment.Captured(Now)).ShouldBeOfType<PaymentCapturedV1>();

        (payment.Status, payment.DueAt).ShouldBe((PaymentStatus.Captured, null));
    }

    [Fact]
    public void Does_not_give_up_voiding()
    {
        GiveUp();
        for (var i = 0; i < 100; i++)
        {
            payment.Begin(Now, Options.Lease);
            payment.Failed(Now, Options);
        }

        payment.NextCall.ShouldBe(GatewayCall.Void);
        payment.DueAt!.Value.ShouldBeLessThanOrEqualTo(Now + (Options.LongestRetryPause * 1.25));
    }

    [Fact]
    public void Is_voided_at_once_when_the_gateway_has_not_heard_of_it()
    {
        Answer(payment.RequestRefund("changed my mind", Origin, Now)).ShouldBe(Refunded(0));

        (payment.Status, payment.DueAt, payment.PaymentToken).ShouldBe((PaymentStatus.Voided, null, null));
    }

    [Fact]
    public void Answers_at_once_that_a_declined_payment_needs_no_refund()
    {
        payment.Begin(Now, Options.Lease);
        payment.Declined("card declined", Now);

        Answer(payment.RequestRefund("changed my mind", Origin, Now)).ShouldBe(Refunded(0));

        payment.Status.ShouldBe(PaymentStatus.Declined);
    }

    [Fact]
    public void Is_refunded_by_the_gateway_when_captured()
    {
        payment.Begin(Now, Options.Lease);
        payment.Captured(Now);

        payment.RequestRefund("changed my mind", Origin, Now).ShouldBeEmpty();
        (payment.DueAt, payment.NextCall).ShouldBe((Now, GatewayCall.Refund));
        Answer(payment.Refunded(990, Now)).ShouldBe(Refunded(990));

        (payment.Status, payment.DueAt, payment.Refund!.AmountMinor).ShouldBe((PaymentStatus.Refunded, null, 990));
    }

    [Fact]
    public void Waits_for_the_call_under_way_before_it_refunds_what_that_call_captured()
    {
        payment.Begin(Now, Options.Lease);

        payment.RequestRefund("changed my mind", Origin, Now).ShouldBeEmpty();
        payment.LeaseUntil.ShouldBe(Now + Options.Lease);
        Answer(payment.Captured(Now)).ShouldBeOfType<PaymentCapturedV1>();

        (payment.DueAt, payment.LeaseUntil, payment.NextCall).ShouldBe((Now, null, GatewayCall.Refund));
    }

    [Fact]
    public void Answers_both_requests_when_the_call_under_way_is_declined()
    {
        payment.Begin(Now, Options.Lease);
        payment.RequestRefund("changed my mind", Origin, Now);

        payment
            .Declined("card declined", Now)
            .ShouldBe([new PaymentDeclinedV1(payment.Id, payment.OrderId, "card declined"), Refunded(0)]);
    }

    [Fact]
    public void Is_voided_by_the_gateway_when_it_is_unknown_whether_it_was_charged()
    {
        payment.Begin(Now, Options.Lease);
        payment.Failed(Now, Options);
        payment.RequestRefund("changed my mind", Origin, Now).ShouldBeEmpty();

        (payment.DueAt, payment.NextCall).ShouldBe((Now, GatewayCall.Void));
        Answer(payment.Voided(Now)).ShouldBe(Refunded(0));

        payment.Status.ShouldBe(PaymentStatus.Voided);
    }

    [Fact]
    public void Answers_a_refund_once()
    {
        payment.RequestRefund("changed my mind", Origin, Now);

        payment.RequestRefund("changed my mind again", Origin, Now).ShouldBeEmpty();
    }

    [Fact]
    public void Called_off_before_it_was_asked_for_it_declines_the_request_that_comes_too_late()
    {
        var calledOff = Payment.CalledOff(payment.OrderId, Origin, Now);

        Answer(calledOff.RequestRefund("changed my mind", Origin, Now))
            .ShouldBe(new PaymentRefundedV1(calledOff.Id, calledOff.OrderId, 0, "XXX", Now));

        calledOff.WasNeverAskedFor.ShouldBeTrue();
        payment.WasNeverAskedFor.ShouldBeFalse();
        calledOff.RequestedTooLate().OrderId.ShouldBe(payment.OrderId);
        (calledOff.Status, calledOff.DueAt).ShouldBe((PaymentStatus.Voided, null));
    }

    private void GiveUp()
    {
        for (var i = 0; i < Options.MaxFailedCharges; i++)
        {
            payment.Begin(Now, Options.Lease);
            payment.Failed(Now, Options);
        }
    }

    private PaymentRefundedV1 Refunded(long amountMinor) => new(payment.Id, payment.OrderId, amountMinor, "EUR", Now);

    private static IIntegrationEvent Answer(IReadOnlyList<IIntegrationEvent> events) => events.ShouldHaveSingleItem();
}
